package io.github.unroll.simd;

import static jdk.incubator.vector.DoubleVector.broadcast;
import static jdk.incubator.vector.DoubleVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of a product: a tile of out, up to six rows by two vectors, stays in
 * registers while k runs over a copied tile of a (its columns side by side) and a copied panel of b
 * (its rows side by side).
 */
final class SimdTiles {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Columns of a panel. */
  static final int PANEL = 2 * LANES;

  /** Rows of a tile: 12 sums, 2 vectors of b and 1 factor fit in 16 registers. */
  static final int TILE = 6;

  /** Where the sums of a tile begin that is the first of its product, instead of in out. */
  private static final double[] ZEROS = new double[PANEL];

  private SimdTiles() {}

  /** A tile of six rows, or of fewer, which stand in it two by two and then one. */
  static void fold(
      boolean fresh,
      int rows,
      int depth,
      double[] tiles,
      int tile,
      double[] panels,
      int panel,
      double[] out,
      int at,
      int outRow) {
    if (rows == TILE) {
      foldSix(fresh, depth, tiles, tile, panels, panel, out, at, outRow);
    } else {
      foldRest(fresh, rows, depth, tiles, tile, panels, panel, out, at, outRow);
    }
  }

  private static void foldSix(
      boolean fresh,
      int depth,
      double[] tiles,
      int tile,
      double[] panels,
      int panel,
      double[] out,
      int at0,
      int outRow) {
    int at1 = at0 + outRow;
    int at2 = at1 + outRow;
    int at3 = at2 + outRow;
    int at4 = at3 + outRow;
    int at5 = at4 + outRow;
    double[] start = fresh ? ZEROS : out;
    int from0 = fresh ? 0 : at0;
    int from1 = fresh ? 0 : at1;
    int from2 = fresh ? 0 : at2;
    int from3 = fresh ? 0 : at3;
    int from4 = fresh ? 0 : at4;
    int from5 = fresh ? 0 : at5;
    DoubleVector s00 = fromArray(SPECIES, start, from0);
    DoubleVector s01 = fromArray(SPECIES, start, from0 + LANES);
    DoubleVector s10 = fromArray(SPECIES, start, from1);
    DoubleVector s11 = fromArray(SPECIES, start, from1 + LANES);
    DoubleVector s20 = fromArray(SPECIES, start, from2);
    DoubleVector s21 = fromArray(SPECIES, start, from2 + LANES);
    DoubleVector s30 = fromArray(SPECIES, start, from3);
    DoubleVector s31 = fromArray(SPECIES, start, from3 + LANES);
    DoubleVector s40 = fromArray(SPECIES, start, from4);
    DoubleVector s41 = fromArray(SPECIES, start, from4 + LANES);
    DoubleVector s50 = fromArray(SPECIES, start, from5);
    DoubleVector s51 = fromArray(SPECIES, start, from5 + LANES);
    for (int l = 0; l < depth; l++) {
      int column = tile + l * TILE;
      DoubleVector b0 = fromArray(SPECIES, panels, panel + l * PANEL);
      DoubleVector b1 = fromArray(SPECIES, panels, panel + l * PANEL + LANES);
      DoubleVector a = broadcast(SPECIES, tiles[column]);
      s00 = a.fma(b0, s00);
      s01 = a.fma(b1, s01);
      a = broadcast(SPECIES, tiles[column + 1]);
      s10 = a.fma(b0, s10);
      s11 = a.fma(b1, s11);
      a = broadcast(SPECIES, tiles[column + 2]);
      s20 = a.fma(b0, s20);
      s21 = a.fma(b1, s21);
      a = broadcast(SPECIES, tiles[column + 3]);
      s30 = a.fma(b0, s30);
      s31 = a.fma(b1, s31);
      a = broadcast(SPECIES, tiles[column + 4]);
      s40 = a.fma(b0, s40);
      s41 = a.fma(b1, s41);
      a = broadcast(SPECIES, tiles[column + 5]);
      s50 = a.fma(b0, s50);
      s51 = a.fma(b1, s51);
    }
    s00.intoArray(out, at0);
    s01.intoArray(out, at0 + LANES);
    s10.intoArray(out, at1);
    s11.intoArray(out, at1 + LANES);
    s20.intoArray(out, at2);
    s21.intoArray(out, at2 + LANES);
    s30.intoArray(out, at3);
    s31.intoArray(out, at3 + LANES);
    s40.intoArray(out, at4);
    s41.intoArray(out, at4 + LANES);
    s50.intoArray(out, at5);
    s51.intoArray(out, at5 + LANES);
  }

  /**
   * Six rows that are read where they stand in a: a little slower than {@link #foldSix}, and worth
   * it where few panels would share a copy.
   */
  static void foldSixRows(
      boolean fresh,
      int depth,
      double[] a,
      int row0,
      int aRow,
      double[] panels,
      int panel,
      double[] out,
      int at0,
      int outRow) {
    int row1 = row0 + aRow;
    int row2 = row1 + aRow;
    int row3 = row2 + aRow;
    int row4 = row3 + aRow;
    int row5 = row4 + aRow;
    int at1 = at0 + outRow;
    int at2 = at1 + outRow;
    int at3 = at2 + outRow;
    int at4 = at3 + outRow;
    int at5 = at4 + outRow;
    double[] start = fresh ? ZEROS : out;
    int from0 = fresh ? 0 : at0;
    int from1 = fresh ? 0 : at1;
    int from2 = fresh ? 0 : at2;
    int from3 = fresh ? 0 : at3;
    int from4 = fresh ? 0 : at4;
    int from5 = fresh ? 0 : at5;
    DoubleVector s00 = fromArray(SPECIES, start, from0);
    DoubleVector s01 = fromArray(SPECIES, start, from0 + LANES);
    DoubleVector s10 = fromArray(SPECIES, start, from1);
    DoubleVector s11 = fromArray(SPECIES, start, from1 + LANES);
    DoubleVector s20 = fromArray(SPECIES, start, from2);
    DoubleVector s21 = fromArray(SPECIES, start, from2 + LANES);
    DoubleVector s30 = fromArray(SPECIES, start, from3);
    DoubleVector s31 = fromArray(SPECIES, start, from3 + LANES);
    DoubleVector s40 = fromArray(SPECIES, start, from4);
    DoubleVector s41 = fromArray(SPECIES, start, from4 + LANES);
    DoubleVector s50 = fromArray(SPECIES, start, from5);
    DoubleVector s51 = fromArray(SPECIES, start, from5 + LANES);
    for (int l = 0; l < depth; l++) {
      DoubleVector b0 = fromArray(SPECIES, panels, panel + l * PANEL);
      DoubleVector b1 = fromArray(SPECIES, panels, panel + l * PANEL + LANES);
      DoubleVector f = broadcast(SPECIES, a[row0 + l]);
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      f = broadcast(SPECIES, a[row1 + l]);
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      f = broadcast(SPECIES, a[row2 + l]);
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      f = broadcast(SPECIES, a[row3 + l]);
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      f = broadcast(SPECIES, a[row4 + l]);
      s40 = f.fma(b0, s40);
      s41 = f.fma(b1, s41);
      f = broadcast(SPECIES, a[row5 + l]);
      s50 = f.fma(b0, s50);
      s51 = f.fma(b1, s51);
    }
    s00.intoArray(out, at0);
    s01.intoArray(out, at0 + LANES);
    s10.intoArray(out, at1);
    s11.intoArray(out, at1 + LANES);
    s20.intoArray(out, at2);
    s21.intoArray(out, at2 + LANES);
    s30.intoArray(out, at3);
    s31.intoArray(out, at3 + LANES);
    s40.intoArray(out, at4);
    s41.intoArray(out, at4 + LANES);
    s50.intoArray(out, at5);
    s51.intoArray(out, at5 + LANES);
  }

  /**
   * The first tile of a panel, which is read where it stands in b and copied on the way: for few
   * rows cheaper than a copy of its own. Otherwise {@link #foldSix}, written out again: vectors
   * that go from method to method may become objects.
   */
  static void foldSixCopying(
      boolean fresh,
      int depth,
      double[] tiles,
      double[] b,
      int bAt,
      int bRow,
      double[] panels,
      int panel,
      double[] out,
      int at0,
      int outRow) {
    int at1 = at0 + outRow;
    int at2 = at1 + outRow;
    int at3 = at2 + outRow;
    int at4 = at3 + outRow;
    int at5 = at4 + outRow;
    double[] start = fresh ? ZEROS : out;
    int from0 = fresh ? 0 : at0;
    int from1 = fresh ? 0 : at1;
    int from2 = fresh ? 0 : at2;
    int from3 = fresh ? 0 : at3;
    int from4 = fresh ? 0 : at4;
    int from5 = fresh ? 0 : at5;
    DoubleVector s00 = fromArray(SPECIES, start, from0);
    DoubleVector s01 = fromArray(SPECIES, start, from0 + LANES);
    DoubleVector s10 = fromArray(SPECIES, start, from1);
    DoubleVector s11 = fromArray(SPECIES, start, from1 + LANES);
    DoubleVector s20 = fromArray(SPECIES, start, from2);
    DoubleVector s21 = fromArray(SPECIES, start, from2 + LANES);
    DoubleVector s30 = fromArray(SPECIES, start, from3);
    DoubleVector s31 = fromArray(SPECIES, start, from3 + LANES);
    DoubleVector s40 = fromArray(SPECIES, start, from4);
    DoubleVector s41 = fromArray(SPECIES, start, from4 + LANES);
    DoubleVector s50 = fromArray(SPECIES, start, from5);
    DoubleVector s51 = fromArray(SPECIES, start, from5 + LANES);
    for (int l = 0; l < depth; l++) {
      int column = l * TILE;
      DoubleVector b0 = fromArray(SPECIES, b, bAt + l * bRow);
      DoubleVector b1 = fromArray(SPECIES, b, bAt + l * bRow + LANES);
      b0.intoArray(panels, panel + l * PANEL);
      b1.intoArray(panels, panel + l * PANEL + LANES);
      DoubleVector a = broadcast(SPECIES, tiles[column]);
      s00 = a.fma(b0, s00);
      s01 = a.fma(b1, s01);
      a = broadcast(SPECIES, tiles[column + 1]);
      s10 = a.fma(b0, s10);
      s11 = a.fma(b1, s11);
      a = broadcast(SPECIES, tiles[column + 2]);
      s20 = a.fma(b0, s20);
      s21 = a.fma(b1, s21);
      a = broadcast(SPECIES, tiles[column + 3]);
      s30 = a.fma(b0, s30);
      s31 = a.fma(b1, s31);
      a = broadcast(SPECIES, tiles[column + 4]);
      s40 = a.fma(b0, s40);
      s41 = a.fma(b1, s41);
      a = broadcast(SPECIES, tiles[column + 5]);
      s50 = a.fma(b0, s50);
      s51 = a.fma(b1, s51);
    }
    s00.intoArray(out, at0);
    s01.intoArray(out, at0 + LANES);
    s10.intoArray(out, at1);
    s11.intoArray(out, at1 + LANES);
    s20.intoArray(out, at2);
    s21.intoArray(out, at2 + LANES);
    s30.intoArray(out, at3);
    s31.intoArray(out, at3 + LANES);
    s40.intoArray(out, at4);
    s41.intoArray(out, at4 + LANES);
    s50.intoArray(out, at5);
    s51.intoArray(out, at5 + LANES);
  }

  /** Both loops in one method, so that it is too long to be inlined (see the package). */
  private static void foldRest(
      boolean fresh,
      int rows,
      int depth,
      double[] tiles,
      int tile,
      double[] panels,
      int panel,
      double[] out,
      int outAt,
      int outRow) {
    double[] start = fresh ? ZEROS : out;
    int i = 0;
    for (; i + 2 <= rows; i += 2) {
      int column = tile + i * depth;
      int at0 = outAt + i * outRow;
      int at1 = at0 + outRow;
      int from0 = fresh ? 0 : at0;
      int from1 = fresh ? 0 : at1;
      DoubleVector s00 = fromArray(SPECIES, start, from0);
      DoubleVector s01 = fromArray(SPECIES, start, from0 + LANES);
      DoubleVector s10 = fromArray(SPECIES, start, from1);
      DoubleVector s11 = fromArray(SPECIES, start, from1 + LANES);
      for (int l = 0; l < depth; l++) {
        DoubleVector b0 = fromArray(SPECIES, panels, panel + l * PANEL);
        DoubleVector b1 = fromArray(SPECIES, panels, panel + l * PANEL + LANES);
        DoubleVector a = broadcast(SPECIES, tiles[column + 2 * l]);
        s00 = a.fma(b0, s00);
        s01 = a.fma(b1, s01);
        a = broadcast(SPECIES, tiles[column + 2 * l + 1]);
        s10 = a.fma(b0, s10);
        s11 = a.fma(b1, s11);
      }
      s00.intoArray(out, at0);
      s01.intoArray(out, at0 + LANES);
      s10.intoArray(out, at1);
      s11.intoArray(out, at1 + LANES);
    }
    if (i < rows) {
      int column = tile + i * depth;
      int at = outAt + i * outRow;
      int from = fresh ? 0 : at;
      DoubleVector s0 = fromArray(SPECIES, start, from);
      DoubleVector s1 = fromArray(SPECIES, start, from + LANES);
      for (int l = 0; l < depth; l++) {
        DoubleVector a = broadcast(SPECIES, tiles[column + l]);
        s0 = a.fma(fromArray(SPECIES, panels, panel + l * PANEL), s0);
        s1 = a.fma(fromArray(SPECIES, panels, panel + l * PANEL + LANES), s1);
      }
      s0.intoArray(out, at);
      s1.intoArray(out, at + LANES);
    }
  }
}
