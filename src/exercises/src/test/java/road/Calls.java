package road;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;

/** The calls of one stop, in a thread of their own, which can be left where it does not end. */
final class Calls {

  private static final long POLL_MILLIS = 20;

  /** How long the learner's code may take. */
  private static final long PATIENCE_MILLIS = 2000;

  /** On a busy machine a thread gets little of the processor: then it gets more time. */
  private static final long ENOUGH_MILLIS = 500;

  private static final long LAST_MILLIS = 10_000;

  private final Stop.Task task;
  private final List<Case> cases;
  private final Call[] first;
  private final Call[] second;
  private volatile String current = "";

  Calls(Stop.Task task, List<Case> cases) {
    this.task = task;
    this.cases = cases;
    this.first = new Call[cases.size()];
    this.second = new Call[cases.size()];
  }

  /** {@return null; if a call does not end, where it is} */
  StackTraceElement[] run() {
    Thread thread = new Thread(this::call, Sources.THREAD);
    thread.setDaemon(true);
    thread.start();
    return ends(thread) ? null : where(thread);
  }

  /** Each case, then each again in the other order: what is kept from call to call shows. */
  private void call() {
    for (int i = 0; i < first.length; i++) {
      current = cases.get(i).name();
      first[i] = Call.of(task, cases.get(i));
    }
    for (int i = first.length - 1; i >= 0; i--) {
      current = cases.get(i).name();
      second[i] = Call.of(task, cases.get(i));
    }
  }

  /** Time in which the whole machine slept does not count. */
  private boolean ends(Thread thread) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long waited = 0;
    long idle = 0;
    long last = System.nanoTime();
    try {
      while (true) {
        thread.join(POLL_MILLIS);
        if (!thread.isAlive()) {
          return true;
        }
        long now = System.nanoTime();
        long passed = Math.min((now - last) / 1_000_000, 3 * POLL_MILLIS);
        last = now;
        waited += passed;
        idle = thread.getState() == Thread.State.RUNNABLE ? 0 : idle + passed;
        long used = threads.getThreadCpuTime(thread.getId()) / 1_000_000;
        boolean late = waited > PATIENCE_MILLIS && (used > ENOUGH_MILLIS || idle > ENOUGH_MILLIS);
        if (late || waited > LAST_MILLIS) {
          return false;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The line of the learner's loop. Where the thread is varies within the loop: of some looks the
   * uppermost line is taken, in the outermost method in which the line varies.
   */
  private static StackTraceElement[] where(Thread thread) {
    Loop loop = new Loop();
    for (int i = 0; i < 50; i++) {
      loop.add(thread.getStackTrace());
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return loop.place();
  }

  /** {@return the name of the case that runs} */
  String current() {
    return current;
  }

  List<Call> first() {
    return List.of(first);
  }

  List<Call> second() {
    return List.of(second);
  }
}
