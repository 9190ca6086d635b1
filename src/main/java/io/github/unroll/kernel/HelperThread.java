package io.github.unroll.kernel;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * A daemon thread of the library's own. It keeps nothing of the thread that started it: neither
 * group, nor class loader, nor inheritable thread locals, nor, on JDKs that have them, access
 * control context. All of these may belong to an application that will be unloaded.
 */
public abstract class HelperThread extends Thread {

  /**
   * A thread that is not started yet; to be called within {@link #made}.
   *
   * @param name the thread's name
   */
  protected HelperThread(String name) {
    super(rootGroup(), null, name, 0, false);
    setDaemon(true);
    setContextClassLoader(null);
  }

  /**
   * {@return a thread without the access control context of the callers} In a privileged action it
   * inherits the context of this class only.
   *
   * @param making calls the thread's constructor
   * @param <T> the thread's class
   */
  @SuppressWarnings("removal") // JDKs without this method have no context to inherit either
  protected static <T extends HelperThread> T made(PrivilegedAction<T> making) {
    try {
      return AccessController.doPrivileged(making);
    } catch (NoClassDefFoundError e) {
      return making.run();
    }
  }

  /**
   * Waits for the thread's end.
   *
   * @return false if the caller was interrupted meanwhile; it waits on all the same
   */
  public final boolean isJoined() {
    boolean undisturbed = true;
    while (true) {
      try {
        join();
        return undisturbed;
      } catch (InterruptedException e) {
        undisturbed = false;
      }
    }
  }

  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }
}
