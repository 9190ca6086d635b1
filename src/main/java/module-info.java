/** Recurrent networks in pure Java: RNN, LSTM and GRU whose every gradient is proved. */
module io.github.unroll {
  requires static info.picocli;
  requires static java.desktop;
  requires static me.tongfei.progressbar;
  requires static org.knowm.xchart;

  exports io.github.unroll.tensor;
}
