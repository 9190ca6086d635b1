package io.github.unroll.simd;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products in tiles of registers, as Goto and van de Geijn (2008) lay them out: a tile of
 * six rows and two vectors of out stays in registers while k runs; panels of b, two vectors wide,
 * and tiles of a are copied into a row of memory each, in blocks that the caches hold.
 *
 * <p>Vectors run along the columns and k ascends, from block to block too, so that each element is
 * the fold that {@link io.github.unroll.tensor.Kernel} specifies. An object is one thread's
 * scratch.
 */
final class SimdProducts {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Columns of a panel. */
  private static final int PANEL = 2 * LANES;

  /** Rows of a tile: 12 sums, 2 vectors of b and 1 factor fit in 16 registers. */
  private static final int TILE = 6;

  /** k of a block: a panel of this depth fills the level 1 cache. */
  private static final int DEPTH = 256;

  /** Rows of a block: so many, DEPTH deep, fit in the level 2 cache. */
  private static final int ROWS = 192;

  /** Columns of a block of panels, for many rows and for few. */
  private static final int COLUMNS = 2048;

  private static final int COLUMNS_FOR_FEW_ROWS = 128;

  static final ThreadLocal<SimdProducts> OF_THREAD = ThreadLocal.withInitial(SimdProducts::new);

  private final double[] tiles = new double[ROWS * DEPTH];
  private final double[] edge = new double[ROWS * PANEL];
  private double[] panels = {};

  private SimdProducts() {}

  /**
   * {@code out[i][j] = fma(a(i,l), b(l,j), out[i][j])} over ascending l, where a(i,l) stands at
   * {@code aAt + i·aRow + l·aCol} and b(l,j) at {@code bAt + l·bRow + j·bCol}: every form of
   * product.
   */
  void fold(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aRow,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      int bCol,
      double[] out,
      int outAt,
      int outRow) {
    if (m == 1 && bCol == 1) {
      foldRow(k, n, a, aAt, aCol, b, bAt, bRow, out, outAt);
    } else if (m <= ROWS) {
      foldFewRows(m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
    } else {
      foldManyRows(m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
    }
  }

  /** One block of rows: its tiles are copied once, and panels by so few that they stay at hand. */
  private void foldFewRows(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aRow,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      int bCol,
      double[] out,
      int outAt,
      int outRow) {
    for (int l = 0; l < k; l += DEPTH) {
      int depth = Math.min(DEPTH, k - l);
      copyTiles(m, depth, a, aAt + l * aCol, aRow, aCol);
      for (int j = 0; j < n; j += COLUMNS_FOR_FEW_ROWS) {
        int width = Math.min(COLUMNS_FOR_FEW_ROWS, n - j);
        copyPanels(depth, width, b, bAt + l * bRow + j * bCol, bRow, bCol);
        foldPanels(m, depth, width, out, outAt + j, outRow);
      }
    }
  }

  /** Many blocks of rows: panels are copied once for all of them. */
  private void foldManyRows(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aRow,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      int bCol,
      double[] out,
      int outAt,
      int outRow) {
    for (int j = 0; j < n; j += COLUMNS) {
      int width = Math.min(COLUMNS, n - j);
      for (int l = 0; l < k; l += DEPTH) {
        int depth = Math.min(DEPTH, k - l);
        copyPanels(depth, width, b, bAt + l * bRow + j * bCol, bRow, bCol);
        for (int i = 0; i < m; i += ROWS) {
          int rows = Math.min(ROWS, m - i);
          copyTiles(rows, depth, a, aAt + i * aRow + l * aCol, aRow, aCol);
          foldPanels(rows, depth, width, out, outAt + i * outRow + j, outRow);
        }
      }
    }
  }

  /** The copied tiles times the copied panels. */
  private void foldPanels(int rows, int depth, int width, double[] out, int outAt, int outRow) {
    int p = 0;
    for (; p + PANEL <= width; p += PANEL) {
      foldPanel(rows, depth, p * depth, out, outAt + p, outRow);
    }
    if (p < width) {
      foldLastPanel(rows, depth, p, width - p, out, outAt + p, outRow);
    }
  }

  /** The panel at the right edge of out, by way of a copy of full width. */
  private void foldLastPanel(
      int rows, int depth, int p, int width, double[] out, int outAt, int outRow) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(out, outAt + i * outRow, edge, i * PANEL, width);
    }
    foldPanel(rows, depth, p * depth, edge, 0, PANEL);
    for (int i = 0; i < rows; i++) {
      System.arraycopy(edge, i * PANEL, out, outAt + i * outRow, width);
    }
  }

  /** Panels of b: the rows of a panel side by side, the last one padded with zeros. */
  private void copyPanels(int depth, int width, double[] b, int bAt, int bRow, int bCol) {
    int size = depth * (width + PANEL);
    if (panels.length < size) {
      panels = new double[size];
    }
    int whole = width - width % PANEL;
    if (bCol == 1) {
      for (int l = 0; l < depth; l++) {
        int row = bAt + l * bRow;
        for (int j = 0; j < whole; j += PANEL) {
          int to = j * depth + l * PANEL;
          DoubleVector.fromArray(SPECIES, b, row + j).intoArray(panels, to);
          DoubleVector.fromArray(SPECIES, b, row + j + LANES).intoArray(panels, to + LANES);
        }
      }
    } else {
      for (int j = 0; j < whole; j++) {
        int column = bAt + j * bCol;
        int to = (j - j % PANEL) * depth + j % PANEL;
        for (int l = 0; l < depth; l++) {
          panels[to + l * PANEL] = b[column + l * bRow];
        }
      }
    }
    if (whole < width) {
      copyLastPanel(depth, whole, width, b, bAt, bRow, bCol);
    }
  }

  private void copyLastPanel(
      int depth, int whole, int width, double[] b, int bAt, int bRow, int bCol) {
    int to = whole * depth;
    Arrays.fill(panels, to, to + depth * PANEL, 0);
    for (int j = whole; j < width; j++) {
      for (int l = 0; l < depth; l++) {
        panels[to + l * PANEL + j - whole] = b[bAt + l * bRow + j * bCol];
      }
    }
  }

  /**
   * Tiles of a: the columns of a tile side by side. Rows past the last six make tiles of 2 and 1.
   */
  private void copyTiles(int rows, int depth, double[] a, int aAt, int aRow, int aCol) {
    int to = 0;
    int i = 0;
    for (; i + TILE <= rows; i += TILE) {
      int row = aAt + i * aRow;
      for (int l = 0; l < depth; l++, to += TILE) {
        int at = row + l * aCol;
        tiles[to] = a[at];
        tiles[to + 1] = a[at + aRow];
        tiles[to + 2] = a[at + 2 * aRow];
        tiles[to + 3] = a[at + 3 * aRow];
        tiles[to + 4] = a[at + 4 * aRow];
        tiles[to + 5] = a[at + 5 * aRow];
      }
    }
    for (; i + 2 <= rows; i += 2) {
      int row = aAt + i * aRow;
      for (int l = 0; l < depth; l++, to += 2) {
        tiles[to] = a[row + l * aCol];
        tiles[to + 1] = a[row + l * aCol + aRow];
      }
    }
    if (i < rows) {
      int row = aAt + i * aRow;
      for (int l = 0; l < depth; l++, to++) {
        tiles[to] = a[row + l * aCol];
      }
    }
  }

  private void foldPanel(int rows, int depth, int panel, double[] out, int outAt, int outRow) {
    int i = 0;
    int tile = 0;
    for (; i + TILE <= rows; i += TILE, tile += TILE * depth) {
      foldSix(depth, tile, panel, out, outAt + i * outRow, outRow);
    }
    for (; i + 2 <= rows; i += 2, tile += 2 * depth) {
      foldTwo(depth, tile, panel, out, outAt + i * outRow, outRow);
    }
    if (i < rows) {
      foldOne(depth, tile, panel, out, outAt + i * outRow);
    }
  }

  private void foldSix(int depth, int tile, int panel, double[] out, int at0, int outRow) {
    double[] tiles = this.tiles; // as locals they cost no look in the loop
    double[] panels = this.panels;
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

  private void foldTwo(int depth, int tile, int panel, double[] out, int at0, int outRow) {
    double[] tiles = this.tiles; // as locals they cost no look in the loop
    double[] panels = this.panels;
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

  private void foldOne(int depth, int tile, int panel, double[] out, int at) {
    double[] tiles = this.tiles; // as locals they cost no look in the loop
    double[] panels = this.panels;
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

  /** One row of out, as in a streaming step: four vectors wide, b read where it stands. */
  private static void foldRow(
      int k,
      int n,
      double[] a,
      int aAt,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      double[] out,
      int at) {
    int j = 0;
    for (; j + 4 * LANES <= n; j += 4 * LANES) {
      DoubleVector s0 = load(out, at + j);
      DoubleVector s1 = load(out, at + j + LANES);
      DoubleVector s2 = load(out, at + j + 2 * LANES);
      DoubleVector s3 = load(out, at + j + 3 * LANES);
      for (int l = 0; l < k; l++) {
        int row = bAt + l * bRow + j;
        DoubleVector factor = broadcast(a[aAt + l * aCol]);
        s0 = factor.fma(load(b, row), s0);
        s1 = factor.fma(load(b, row + LANES), s1);
        s2 = factor.fma(load(b, row + 2 * LANES), s2);
        s3 = factor.fma(load(b, row + 3 * LANES), s3);
      }
      s0.intoArray(out, at + j);
      s1.intoArray(out, at + j + LANES);
      s2.intoArray(out, at + j + 2 * LANES);
      s3.intoArray(out, at + j + 3 * LANES);
    }
    for (; j + LANES <= n; j += LANES) {
      DoubleVector s = load(out, at + j);
      for (int l = 0; l < k; l++) {
        s = broadcast(a[aAt + l * aCol]).fma(load(b, bAt + l * bRow + j), s);
      }
      s.intoArray(out, at + j);
    }
    for (; j < n; j++) {
      double s = out[at + j];
      for (int l = 0; l < k; l++) {
        s = Math.fma(a[aAt + l * aCol], b[bAt + l * bRow + j], s);
      }
      out[at + j] = s;
    }
  }

  private static DoubleVector load(double[] from, int at) {
    return DoubleVector.fromArray(SPECIES, from, at);
  }

  private static DoubleVector broadcast(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }
}
