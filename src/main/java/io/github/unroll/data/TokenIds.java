package io.github.unroll.data;

/**
 * The token ids of a text, read one by one: a {@link Corpus}, ids of an array ({@link #of}), or a
 * source of your own, such as a mapped file of ids.
 *
 * <p>The ids must stay the same. Several threads may read what the library makes.
 */
public interface TokenIds {

  /** {@return the number of tokens} */
  int size();

  /**
   * {@return the id of a token}
   *
   * @param index its place in the text, 0 to {@link #size} - 1
   * @throws IllegalArgumentException if there is no such token
   */
  int id(int index);

  /**
   * {@return the ids of an array, kept in one to four bytes each, as the greatest need}
   *
   * @param ids the ids; copied
   */
  static TokenIds of(int... ids) {
    PackedIds packed = new PackedIds();
    packed.add(ids, ids.length);
    return packed.finished();
  }
}
