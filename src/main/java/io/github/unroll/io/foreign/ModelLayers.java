package io.github.unroll.io.foreign;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The layers of a model, with its own parameters, and the prefixes of their weights in another
 * library.
 *
 * @param embedding the embedding, if the model reads words
 * @param recurrent the recurrent layers, the lowest first
 * @param head the affine map on top
 */
record ModelLayers(
    Optional<At<TimeEmbedding>> embedding,
    List<At<RecurrentLayer>> recurrent,
    At<TimeAffine> head) {

  /** A layer and the prefix of its weights' names. */
  record At<L>(L layer, String prefix) {}

  /**
   * {@return the layers of a model}
   *
   * @param library what errors begin with
   * @param prefixes those of the embedding if it reads words, the recurrent layers and the head
   * @param stacked whether all recurrent layers are one module with one prefix
   * @throws IllegalArgumentException if the library does not know the kind of the cells, or there
   *     are too few prefixes, too many or equal ones
   */
  static ModelLayers of(
      String library, SequenceModel<?> model, List<String> prefixes, boolean stacked) {
    SequenceDescription d = model.description();
    model.cells().forEach(layer -> layer.forEach(cell -> checkCell(library, d, cell)));
    checkPrefixes(library, d, prefixes, stacked);
    List<RecurrentLayer> layers = model.cells().stream().map(cells -> layer(cells, d)).toList();
    List<RecurrentLayer> modules =
        stacked && layers.size() > 1 ? List.of(new RecurrentStack(layers)) : layers;
    boolean words = d.input() instanceof Input.Words;
    List<At<RecurrentLayer>> recurrent = new ArrayList<>();
    for (RecurrentLayer module : modules) {
      recurrent.add(new At<>(module, prefixes.get(recurrent.size() + (words ? 1 : 0))));
    }
    List<Parameter> all = model.parameters(); // word vectors first; output weights and bias last
    Parameter bias = all.get(all.size() - 1);
    return new ModelLayers(
        words
            ? Optional.of(new At<>(new TimeEmbedding(all.get(0)), prefixes.get(0)))
            : Optional.empty(),
        List.copyOf(recurrent),
        new At<>(
            d.isTied()
                ? TimeAffine.tied(all.get(0), bias)
                : new TimeAffine(all.get(all.size() - 2), bias),
            prefixes.get(prefixes.size() - 1)));
  }

  private static RecurrentLayer layer(List<Cell> cells, SequenceDescription d) {
    Recurrent<Cell> ahead = new Recurrent<>(cells.get(0));
    return cells.size() == 1
        ? ahead
        : new Bidirectional(
            ahead, new Recurrent<>(cells.get(1)), d.bothDirections().orElse(Merge.CONCATENATE));
  }

  private static void checkCell(String library, SequenceDescription d, Cell cell) {
    boolean known = cell instanceof RnnCell || cell instanceof LstmCell || cell instanceof GruCell;
    if (!known) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the model's cells are of kind %s, whose weights it does not know; describe it"
                  + " withCell(CellKind.RNN), RNN_RELU, LSTM or GRU_RESET_AFTER",
              library,
              d.cell()));
    }
  }

  private static void checkPrefixes(
      String library, SequenceDescription d, List<String> prefixes, boolean stacked) {
    List<String> wanted = new ArrayList<>();
    if (d.input() instanceof Input.Words) {
      wanted.add("the embedding");
    }
    if (stacked || d.layers() == 1) {
      wanted.add(d.layers() == 1 ? "the recurrent layer" : "the recurrent layers");
    } else {
      for (int l = 0; l < d.layers(); l++) {
        wanted.add("recurrent layer " + l);
      }
    }
    wanted.add("the head");
    if (prefixes.size() != wanted.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the model reads %s and has %d recurrent %s, so pass %d prefixes, not %d: of %s",
              library,
              d.input(),
              d.layers(),
              d.layers() == 1 ? "layer" : "layers",
              wanted.size(),
              prefixes.size(),
              String.join(", of ", wanted)));
    }
    List<String> apart =
        d.isTied() && prefixes.get(0).equals(prefixes.get(prefixes.size() - 1))
            ? prefixes.subList(1, prefixes.size()) // one module is embedding and head
            : prefixes;
    for (int i = 0; i < apart.size(); i++) {
      if (apart.indexOf(apart.get(i)) < i) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: the prefix \"%s\" is given twice, but no two layers have the same weights;"
                    + " pass a prefix for each",
                library,
                apart.get(i)));
      }
    }
  }

  /** Whether one module of the other library is embedding and head. */
  boolean headIsEmbedding() {
    return embedding.isPresent() && embedding.get().prefix().equals(head.prefix());
  }

  /**
   * Checks that embedding and head have a prefix each, since both are written.
   *
   * @throws IllegalArgumentException if they have the same
   */
  void requireOwnPrefixes(String library) {
    if (headIsEmbedding()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the embedding and the head have both the prefix \"%s\", and each is written;"
                  + " pass a prefix for each",
              library,
              head.prefix()));
    }
  }
}
