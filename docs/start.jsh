// The first five minutes, step by step. Make the jar, then hand this file to jshell:
//
//   mvn -q package -DskipTests
//   jshell --class-path target/unroll-0.2.0-SNAPSHOT.jar docs/start.jsh
//
// It runs what stands here, and then waits for what you type: all names are still there. Try
//
//   text.vocabulary().size()
//   model.parameters()
//   /exit

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;

// A text of 560 words: forty times the same two sentences. Its vocabulary gives each different word a number.
var text = Corpus.ofWords("the cat sat on the mat . the dog sat on the rug . ".repeat(40));

// A model that reads word by word and says how likely each word is to come next. It turns a word into 8 numbers
// and remembers what it has read in 16; the seed 0 makes its first weights the same for everybody.
var model = new RnnLanguageModel(text.vocabulary().size(), 8, 16, new RandomState(0));

// How it learns: by the rule called Adam, with a learning rate of 0.01. Gradients that are too long, over 5, are
// shortened.
var trainer = new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(5));

// Ten times through the text, four places of it side by side, ten words at a time. Perplexity says between how many
// words the model hesitates: 8 if it guessed among all that there are, 1 if it were always right.
for (var epoch : trainer.train(new BpttBatches(text, 4, 10), 10)) {
  System.out.printf("epoch %d  perplexity %.4f%n", epoch.epoch(), epoch.perplexity());
}
