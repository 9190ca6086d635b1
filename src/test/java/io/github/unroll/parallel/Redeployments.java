package io.github.unroll.parallel;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * A server that deploys an application 20 times, each time with a class loader of its own, and
 * prints how many of them cannot be collected: at once, if the application "ended" its threads,
 * else as soon as these have been idle for long enough.
 */
final class Redeployments {

  private static final int DEPLOYMENTS = 20;
  private static final int AT_ONCE = 20; // collections, 50 ms apart
  private static final int AFTER_IDLE = 400;

  private Redeployments() {}

  public static void main(String[] args) throws Exception {
    boolean isEnded = args[0].equals("ended");
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task);
          thread.setDaemon(true);
          return thread;
        };
    ExecutorService server = Executors.newFixedThreadPool(3, daemons);
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < DEPLOYMENTS; i++) {
      loaders.add(deploy(server, isEnded));
    }
    long left = DEPLOYMENTS;
    for (int i = 0; i < (isEnded ? AT_ONCE : AFTER_IDLE) && left > 0; i++) {
      System.gc();
      Thread.sleep(50);
      left = loaders.stream().filter(loader -> loader.get() != null).count();
    }
    System.out.println(left + " of " + DEPLOYMENTS + " class loaders are left");
  }

  private static WeakReference<ClassLoader> deploy(ExecutorService server, boolean isEnded)
      throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      Class<?> application = loader.loadClass(Application.class.getName());
      server
          .submit((Runnable) application.getConstructor(boolean.class).newInstance(isEnded))
          .get();
      return new WeakReference<>(loader);
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(new File(entry).toURI().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  /** Multiplies, small and large, takes a tanh, trains, in a thread of the server's. */
  public static final class Application implements Runnable {

    private final boolean isEnded;

    public Application(boolean isEnded) {
      this.isEnded = isEnded;
    }

    @Override
    public void run() {
      RandomState random = new RandomState(0);
      Matrix large = random.randn(200, 200);
      large.matmul(large).tanh();
      Matrix wide = random.randn(300, 300);
      wide.tanh();
      Matrix small = random.randn(7, 5);
      small.matmul(random.randn(5, 9)).tanh();
      new Trainer<>(
              new RnnLanguageModel(SequenceDescription.languageModel(50, 8, 8), random),
              new Adam(0.01),
              GradientClipping.byGlobalNorm(1),
              new TrainingListener() {})
          .train(new BpttBatches(random.randint(0, 50, 501), 5, 10), 2);
      if (isEnded) {
        Arithmetic.endThreads();
      }
    }
  }
}
