package io.github.unroll.simd;

import static io.github.unroll.simd.SimdTiles.PANEL;
import static io.github.unroll.simd.SimdTiles.TILE;

import io.github.unroll.kernel.Kernel;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products as Goto and van de Geijn (2008) lay them out: {@link SimdTiles} of out in
 * registers; panels of b, two vectors wide, and tiles of a are copied into a row of memory each, in
 * blocks that the caches hold. If out is narrow, rows of a are read in place.
 *
 * <p>Vectors run along the columns and k ascends, from block to block too, so that each element is
 * the fold that {@link Kernel} specifies. An object is the scratch memory of one product at a time,
 * as large as the largest product so far needed.
 */
final class SimdProducts extends Kernel.Scratch {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** k of a block: six rows of this depth fit in the level 1 cache, while panels pass by. */
  static final int DEPTH = 384;

  /** Rows of all panels of a group together: at 512 bits half of a level 2 cache of 1 MB. */
  private static final int PANEL_ROWS = 4096;

  /** Rows of a block: so many, DEPTH deep, are copied at once. */
  private static final int ROWS = 192;

  /** Rows of an a up to which b is copied on the way, by the first six. */
  private static final int FEW = 32;

  /** Rows of an a for which a transposed b is not copied. */
  private static final int FEW_TRANSPOSED = 64;

  /** Columns of a block: so much of b, or of a transposed out, is copied at once. */
  private static final int COLUMNS = 2048;

  /** Columns up to which a copy of a's rows costs more than it saves. */
  private static final int NARROW = 128;

  private static final Kernel.Scratch.Pool<SimdProducts> POOL =
      new Kernel.Scratch.Pool<>() {
        @Override
        protected SimdProducts make() {
          return new SimdProducts();
        }
      };

  /** Of ROWS rows of a block at most, DEPTH deep. */
  private double[] tiles = {};

  /** Of ROWS rows at most, one panel wide. */
  private double[] edge = {};

  /** Of one group, or of COLUMNS columns of b: 6 MB at most. */
  private double[] panels = {};

  /** Rows that are read where they stand: the first of those taken, at leftAt + i·leftRow. */
  private double[] left;

  private int inPlace;
  private int leftAt;
  private int leftRow;

  /** Whether sums start with 0: in the first block of k of a product that does not add. */
  private boolean fresh;

  private final SimdTransposed transposed = new SimdTransposed();

  private SimdProducts() {}

  /**
   * {@code out[i][j] = fma(a(i,l), b(l,j), out[i][j])} over ascending l, where a(i,l) stands at
   * {@code aAt + i·aRow + l·aCol} and b(l,j) at {@code bAt + l·bRow + j·bCol}: every form of
   * product. If it does not add, out starts as 0.
   */
  static void fold(
      boolean add,
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
    if (k == 0 && !add) {
      for (int i = 0; i < m; i++) {
        Arrays.fill(out, outAt + i * outRow, outAt + i * outRow + n, 0);
      }
      return;
    }
    if (m == 1 && bCol == 1) {
      SimdRow.fold(add, k, n, a, aAt, aCol, b, bAt, bRow, out, outAt);
      return;
    }
    SimdProducts scratch = POOL.take();
    try {
      scratch.foldInto(add, m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
    } finally {
      scratch.left = null; // the caller's array
      scratch.giveBack();
    }
  }

  private void foldInto(
      boolean add,
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
    if (m <= FEW_TRANSPOSED && bRow == 1 && aCol == 1) {
      for (int j = 0; j < n; j += COLUMNS) {
        int width = Math.min(COLUMNS, n - j);
        int to = outAt + j;
        transposed.fold(add, m, k, width, a, aAt, aRow, b, bAt + j * bCol, bCol, out, to, outRow);
      }
    } else if (m >= TILE && m <= FEW && n > NARROW && bCol == 1) {
      foldFewRows(add, m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, out, outAt, outRow);
    } else {
      foldManyRows(add, m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
    }
  }

  /**
   * Tiles of a are copied once for all of b; b a group of panels at a time, together as large as
   * one of full depth, by the first tile on its way.
   */
  private void foldFewRows(
      boolean add,
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
      double[] out,
      int outAt,
      int outRow) {
    int whole = n - n % PANEL;
    for (int l = 0; l < k; l += DEPTH) {
      int depth = Math.min(DEPTH, k - l);
      fresh = !add && l == 0;
      int group = DEPTH / depth * PANEL;
      panels = withRoom(panels, depth, Math.min(group, n));
      takeRows(m, depth, n, a, aAt + l * aCol, aRow, aCol);
      for (int j = 0; j < whole; j += group) {
        int width = Math.min(group, whole - j);
        foldCopying(m, depth, width, b, bAt + l * bRow + j, bRow, out, outAt + j, outRow);
      }
      if (whole < n) {
        int width = n - whole;
        copyLastPanel(depth, width, b, bAt + l * bRow + whole, bRow, 1, panels, 0);
        foldLastPanel(m, depth, width, panels, 0, out, outAt + whole, outRow);
      }
    }
  }

  /** A group of panels, copied on the way by the first tile. */
  private void foldCopying(
      int m,
      int depth,
      int width,
      double[] b,
      int bAt,
      int bRow,
      double[] out,
      int at,
      int outRow) {
    for (int j = 0; j < width; j += PANEL) {
      SimdTiles.foldSixCopying(
          fresh, depth, tiles, b, bAt + j, bRow, panels, j * depth, out, at + j, outRow);
    }
    foldGroup(TILE, m, depth, width, panels, 0, out, at, outRow);
  }

  /** Panels are copied in long rows of b, once for all blocks of rows. */
  private void foldManyRows(
      boolean add,
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
        fresh = !add && l == 0;
        panels = withRoom(panels, depth, width);
        copyPanels(depth, width, b, bAt + l * bRow + j * bCol, bRow, bCol, panels, 0);
        for (int i = 0; i < m; i += ROWS) {
          int rows = Math.min(ROWS, m - i);
          takeRows(rows, depth, width, a, aAt + i * aRow + l * aCol, aRow, aCol);
          foldPanels(rows, depth, width, panels, 0, out, outAt + i * outRow + j, outRow);
        }
      }
    }
  }

  /** The product with a right operand that is already in panels, one block of k after another. */
  static void foldCopied(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aRow,
      double[] panels,
      double[] out,
      int outAt,
      int outRow) {
    SimdProducts scratch = POOL.take();
    try {
      scratch.foldCopiedInto(m, k, n, a, aAt, aRow, panels, out, outAt, outRow);
    } finally {
      scratch.left = null; // the caller's array
      scratch.giveBack();
    }
  }

  private void foldCopiedInto(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aRow,
      double[] panels,
      double[] out,
      int outAt,
      int outRow) {
    fresh = false;
    for (int i = 0; i < m; i += ROWS) {
      int rows = Math.min(ROWS, m - i);
      for (int l = 0; l < k; l += DEPTH) {
        int depth = Math.min(DEPTH, k - l);
        takeRows(rows, depth, n, a, aAt + i * aRow + l, aRow, 1);
        foldPanels(rows, depth, n, panels, l * padded(n), out, outAt + i * outRow, outRow);
      }
    }
  }

  /** Prepares rows for the following products: they are copied, unless out has few columns. */
  private void takeRows(int rows, int depth, int width, double[] a, int aAt, int aRow, int aCol) {
    inPlace = aCol == 1 && width <= NARROW ? rows - rows % TILE : 0;
    left = a;
    leftAt = aAt;
    leftRow = aRow;
    if (tiles.length < (rows - inPlace) * depth) {
      tiles = new double[(rows - inPlace) * depth];
    }
    copyTiles(rows - inPlace, depth, a, aAt + inPlace * aRow, aRow, aCol);
  }

  /** The rows taken times panels side by side. */
  private void foldPanels(
      int rows,
      int depth,
      int width,
      double[] panels,
      int at,
      double[] out,
      int outAt,
      int outRow) {
    int whole = width - width % PANEL;
    int group = PANEL_ROWS / depth * PANEL;
    for (int j = 0; j < whole; j += group) {
      int columns = Math.min(group, whole - j);
      foldGroup(0, rows, depth, columns, panels, at + j * depth, out, outAt + j, outRow);
    }
    if (whole < width) {
      int last = at + whole * depth;
      foldLastPanel(rows, depth, width - whole, panels, last, out, outAt + whole, outRow);
    }
  }

  /** Rows taken, from the first on, times whole panels: out is gone along, not down. */
  private void foldGroup(
      int first,
      int rows,
      int depth,
      int width,
      double[] panels,
      int at,
      double[] out,
      int outAt,
      int outRow) {
    int i = first;
    for (; i < inPlace; i += TILE) {
      int row = leftAt + i * leftRow;
      for (int j = 0; j < width; j += PANEL) {
        int to = outAt + i * outRow + j;
        SimdTiles.foldSixRows(
            fresh, depth, left, row, leftRow, panels, at + j * depth, out, to, outRow);
      }
    }
    for (; i < rows; i += TILE) {
      int height = Math.min(TILE, rows - i);
      int tile = (i - inPlace) * depth;
      for (int j = 0; j < width; j += PANEL) {
        int to = outAt + i * outRow + j;
        SimdTiles.fold(fresh, height, depth, tiles, tile, panels, at + j * depth, out, to, outRow);
      }
    }
  }

  /** The panel at the right edge of out, by way of a copy of full width. */
  private void foldLastPanel(
      int rows,
      int depth,
      int width,
      double[] panels,
      int panel,
      double[] out,
      int outAt,
      int outRow) {
    if (edge.length < rows * PANEL) {
      edge = new double[rows * PANEL];
    }
    for (int i = 0; !fresh && i < rows; i++) {
      System.arraycopy(out, outAt + i * outRow, edge, i * PANEL, width);
    }
    foldGroup(0, rows, depth, PANEL, panels, panel, edge, 0, PANEL);
    for (int i = 0; i < rows; i++) {
      System.arraycopy(edge, i * PANEL, out, outAt + i * outRow, width);
    }
  }

  /** Columns of the panels of n columns: the last panel is padded. */
  static int padded(int n) {
    return (n + PANEL - 1) / PANEL * PANEL;
  }

  static double[] withRoom(double[] panels, int depth, int width) {
    int size = Math.multiplyExact(depth, padded(width));
    return panels.length >= size ? panels : new double[size];
  }

  /** Panels of b, one after the other. */
  static void copyPanels(
      int depth, int width, double[] b, int bAt, int bRow, int bCol, double[] panels, int at) {
    int whole = width - width % PANEL;
    if (bCol == 1) {
      for (int l = 0; l < depth; l++) {
        int row = bAt + l * bRow;
        for (int j = 0; j < whole; j += PANEL) {
          int to = at + j * depth + l * PANEL;
          DoubleVector.fromArray(SPECIES, b, row + j).intoArray(panels, to);
          DoubleVector.fromArray(SPECIES, b, row + j + LANES).intoArray(panels, to + LANES);
        }
      }
    } else {
      for (int j = 0; j < whole; j += PANEL) {
        copyPanel(depth, b, bAt + j * bCol, bRow, bCol, panels, at + j * depth);
      }
    }
    if (whole < width) {
      int last = at + whole * depth;
      copyLastPanel(depth, width - whole, b, bAt + whole * bCol, bRow, bCol, panels, last);
    }
  }

  /** One panel of b: its rows side by side. */
  private static void copyPanel(
      int depth, double[] b, int bAt, int bRow, int bCol, double[] panels, int panel) {
    for (int l = 0; l < depth; l++) {
      int from = bAt + l * bRow;
      int to = panel + l * PANEL;
      for (int j = 0; j < PANEL; j++) {
        panels[to + j] = b[from + j * bCol];
      }
    }
  }

  /** A panel of fewer columns, padded with zeros. */
  private static void copyLastPanel(
      int depth, int width, double[] b, int bAt, int bRow, int bCol, double[] panels, int panel) {
    Arrays.fill(panels, panel, panel + depth * PANEL, 0);
    for (int l = 0; l < depth; l++) {
      for (int j = 0; j < width; j++) {
        panels[panel + l * PANEL + j] = b[bAt + l * bRow + j * bCol];
      }
    }
  }

  /**
   * Tiles of a: the columns of a tile side by side. Rows past the last six make tiles of 2 and 1.
   */
  private void copyTiles(int rows, int depth, double[] a, int aAt, int aRow, int aCol) {
    int to = 0;
    int i = 0;
    if (aCol == 1) {
      for (; i + TILE <= rows; i += TILE, to += TILE * depth) {
        copyTileOfRows(depth, a, aAt + i * aRow, aRow, to);
      }
    }
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

  /** One tile of contiguous rows, without a stride to multiply. */
  private void copyTileOfRows(int depth, double[] a, int row0, int aRow, int to) {
    int row1 = row0 + aRow;
    int row2 = row1 + aRow;
    int row3 = row2 + aRow;
    int row4 = row3 + aRow;
    int row5 = row4 + aRow;
    for (int l = 0; l < depth; l++) {
      tiles[to + l * TILE] = a[row0 + l];
      tiles[to + l * TILE + 1] = a[row1 + l];
      tiles[to + l * TILE + 2] = a[row2 + l];
      tiles[to + l * TILE + 3] = a[row3 + l];
      tiles[to + l * TILE + 4] = a[row4 + l];
      tiles[to + l * TILE + 5] = a[row5 + l];
    }
  }
}
