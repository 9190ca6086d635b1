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
 * The layers of a model, over its own parameters, and where another library's weights of each are.
 *
 * @param embedding if it reads words
 * @param recurrent from the lowest up
 */
record ModelLayers(
    Optional<At<TimeEmbedding>> embedding,
    List<At<RecurrentLayer>> recurrent,
    At<TimeAffine> head) {

  /** A layer and what stands before the names of its weights. */
  record At<L>(L layer, String prefix) {}

  /**
   * Those of a model.
   *
   * @param library what errors begin with
   * @param prefixes of the embedding if it reads words, of each recurrent layer and of the head
   * @param stacked whether all recurrent layers are one module, of one prefix
   * @throws IllegalArgumentException if the cells are of a kind whose weights are not known, or the
   *     prefixes are too few, too many or twice the same
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
                "%s: the prefix \"%s\" is given twice, and two layers have not the same weights;"
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
   * The same to be written.
   *
   * @throws IllegalArgumentException if embedding and head have one prefix
   */
  ModelLayers toBeWritten(String library) {
    if (headIsEmbedding()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: \"%s\" is given for the embedding and for the head, and each is written; pass a"
                  + " prefix for each",
              library,
              head.prefix()));
    }
    return this;
  }
}
