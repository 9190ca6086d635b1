package io.github.unroll.simd;

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

  private SimdTiles() {}

  /** All rows of one panel; those past the last six make tiles of 2 and 1. */
  static void foldPanel(
      int rows,
      int depth,
      double[] tiles,
      int tile,
      double[] panels,
      int panel,
      double[] out,
      int outAt,
      int outRow) {
    int i = 0;
    for (; i + TILE <= rows; i += TILE, tile += TILE * depth) {
      foldSix(depth, tiles, tile, panels, panel, out, outAt + i * outRow, outRow);
    }
    for (; i + 2 <= rows; i += 2, tile += 2 * depth) {
      foldTwo(depth, tiles, tile, panels, panel, out, outAt + i * outRow, outRow);
    }
    if (i < rows) {
      foldOne(depth, tiles, tile, panels, panel, out, outAt + i * outRow);
    }
  }

  private static void foldSix(
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
    DoubleVector s00 = load(out, at0);
    DoubleVector s01 = load(out, at0 + LANES);
    DoubleVector s10 = load(out, at1);
    DoubleVector s11 = load(out, at1 + LANES);
    DoubleVector s20 = load(out, at2);
    DoubleVector s21 = load(out, at2 + LANES);
    DoubleVector s30 = load(out, at3);
    DoubleVector s31 = load(out, at3 + LANES);
    DoubleVector s40 = load(out, at4);
    DoubleVector s41 = load(out, at4 + LANES);
    DoubleVector s50 = load(out, at5);
    DoubleVector s51 = load(out, at5 + LANES);
    for (int l = 0; l < depth; l++) {
      int column = tile + l * TILE;
      DoubleVector b0 = load(panels, panel + l * PANEL);
      DoubleVector b1 = load(panels, panel + l * PANEL + LANES);
      DoubleVector a = broadcast(tiles[column]);
      s00 = a.fma(b0, s00);
      s01 = a.fma(b1, s01);
      a = broadcast(tiles[column + 1]);
      s10 = a.fma(b0, s10);
      s11 = a.fma(b1, s11);
      a = broadcast(tiles[column + 2]);
      s20 = a.fma(b0, s20);
      s21 = a.fma(b1, s21);
      a = broadcast(tiles[column + 3]);
      s30 = a.fma(b0, s30);
      s31 = a.fma(b1, s31);
      a = broadcast(tiles[column + 4]);
      s40 = a.fma(b0, s40);
      s41 = a.fma(b1, s41);
      a = broadcast(tiles[column + 5]);
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
    DoubleVector s00 = load(out, at0);
    DoubleVector s01 = load(out, at0 + LANES);
    DoubleVector s10 = load(out, at1);
    DoubleVector s11 = load(out, at1 + LANES);
    DoubleVector s20 = load(out, at2);
    DoubleVector s21 = load(out, at2 + LANES);
    DoubleVector s30 = load(out, at3);
    DoubleVector s31 = load(out, at3 + LANES);
    DoubleVector s40 = load(out, at4);
    DoubleVector s41 = load(out, at4 + LANES);
    DoubleVector s50 = load(out, at5);
    DoubleVector s51 = load(out, at5 + LANES);
    for (int l = 0; l < depth; l++) {
      DoubleVector b0 = load(panels, panel + l * PANEL);
      DoubleVector b1 = load(panels, panel + l * PANEL + LANES);
      DoubleVector f = broadcast(a[row0 + l]);
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      f = broadcast(a[row1 + l]);
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      f = broadcast(a[row2 + l]);
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      f = broadcast(a[row3 + l]);
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      f = broadcast(a[row4 + l]);
      s40 = f.fma(b0, s40);
      s41 = f.fma(b1, s41);
      f = broadcast(a[row5 + l]);
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
   * The first tile of a panel, which is read where it stands in b and copied on the way: the copy
   * costs nothing beside the arithmetic. Otherwise {@link #foldSix}, written out again: vectors
   * that go from method to method may become objects.
   */
  static void foldSixCopying(
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
    DoubleVector s00 = load(out, at0);
    DoubleVector s01 = load(out, at0 + LANES);
    DoubleVector s10 = load(out, at1);
    DoubleVector s11 = load(out, at1 + LANES);
    DoubleVector s20 = load(out, at2);
    DoubleVector s21 = load(out, at2 + LANES);
    DoubleVector s30 = load(out, at3);
    DoubleVector s31 = load(out, at3 + LANES);
    DoubleVector s40 = load(out, at4);
    DoubleVector s41 = load(out, at4 + LANES);
    DoubleVector s50 = load(out, at5);
    DoubleVector s51 = load(out, at5 + LANES);
    for (int l = 0; l < depth; l++) {
      int column = l * TILE;
      DoubleVector b0 = load(b, bAt + l * bRow);
      DoubleVector b1 = load(b, bAt + l * bRow + LANES);
      b0.intoArray(panels, panel + l * PANEL);
      b1.intoArray(panels, panel + l * PANEL + LANES);
      DoubleVector a = broadcast(tiles[column]);
      s00 = a.fma(b0, s00);
      s01 = a.fma(b1, s01);
      a = broadcast(tiles[column + 1]);
      s10 = a.fma(b0, s10);
      s11 = a.fma(b1, s11);
      a = broadcast(tiles[column + 2]);
      s20 = a.fma(b0, s20);
      s21 = a.fma(b1, s21);
      a = broadcast(tiles[column + 3]);
      s30 = a.fma(b0, s30);
      s31 = a.fma(b1, s31);
      a = broadcast(tiles[column + 4]);
      s40 = a.fma(b0, s40);
      s41 = a.fma(b1, s41);
      a = broadcast(tiles[column + 5]);
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

  private static void foldTwo(
      int depth,
      double[] tiles,
      int tile,
      double[] panels,
      int panel,
      double[] out,
      int at0,
      int outRow) {
    int at1 = at0 + outRow;
    DoubleVector s00 = load(out, at0);
    DoubleVector s01 = load(out, at0 + LANES);
    DoubleVector s10 = load(out, at1);
    DoubleVector s11 = load(out, at1 + LANES);
    for (int l = 0; l < depth; l++) {
      DoubleVector b0 = load(panels, panel + l * PANEL);
      DoubleVector b1 = load(panels, panel + l * PANEL + LANES);
      DoubleVector a = broadcast(tiles[tile + 2 * l]);
      s00 = a.fma(b0, s00);
      s01 = a.fma(b1, s01);
      a = broadcast(tiles[tile + 2 * l + 1]);
      s10 = a.fma(b0, s10);
      s11 = a.fma(b1, s11);
    }
    s00.intoArray(out, at0);
    s01.intoArray(out, at0 + LANES);
    s10.intoArray(out, at1);
    s11.intoArray(out, at1 + LANES);
  }

  private static void foldOne(
      int depth, double[] tiles, int tile, double[] panels, int panel, double[] out, int at) {
    DoubleVector s0 = load(out, at);
    DoubleVector s1 = load(out, at + LANES);
    for (int l = 0; l < depth; l++) {
      DoubleVector a = broadcast(tiles[tile + l]);
      s0 = a.fma(load(panels, panel + l * PANEL), s0);
      s1 = a.fma(load(panels, panel + l * PANEL + LANES), s1);
    }
    s0.intoArray(out, at);
    s1.intoArray(out, at + LANES);
  }

  private static DoubleVector load(double[] from, int at) {
    return DoubleVector.fromArray(SPECIES, from, at);
  }

  private static DoubleVector broadcast(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }
}
