import io.github.unroll.data.BpttBatches
import io.github.unroll.data.Corpus
import io.github.unroll.model.RnnLanguageModel
import io.github.unroll.optim.Adam
import io.github.unroll.optim.GradientClipping
import io.github.unroll.random.RandomState
import io.github.unroll.train.Trainer
import java.util.Locale

/** The snippet of the README in Kotlin. */
fun main() {
    val text = Corpus.ofWords("the cat sat on the mat . the dog sat on the rug . ".repeat(40))
    val model = RnnLanguageModel(text.vocabulary().size(), 8, 16, RandomState(0))
    val trainer = Trainer(model, Adam(0.01), GradientClipping.byGlobalNorm(5.0))
    val epochs = trainer.train(BpttBatches(text, 4, 10), 10)
    println(String.format(Locale.ROOT, "%.4f", epochs[9].perplexity()))
}
