// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wish to end: the first SIGTERM or SIGINT asks for it, the second ends the process at once.
 *
 * <p><i>Thread-safe.</i>
 */
final class Stop {
  private static final Logger LOG = LoggerFactory.getLogger(Stop.class);
  private static final int SIGNAL_EXIT = 130;

  private final CountDownLatch asked = new CountDownLatch(1);

  /** One that listens to the process's signals. */
  static Stop ofProcess() {
    Stop stop = new Stop();
    stop.on("TERM");
    stop.on("INT");
    return stop;
  }

  /** Asks for the end. */
  void ask() {
    asked.countDown();
  }

  /**
   * Waits until the end is asked for.
   *
   * @throws InterruptedException if interrupted
   */
  void await() throws InterruptedException {
    asked.await();
  }

  private void signalled() {
    if (asked.getCount() == 0) {
      Runtime.getRuntime().halt(SIGNAL_EXIT);
    }
    ask();
  }

  /**
   * By reflection: the class is exported for this use, but the compiler warns of it. Without it a
   * shutdown hook ends the server, as far as the exit code goes less well.
   */
  private void on(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Stop.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  signalled();
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      LOG.warn("SIG{} ends the server at once: {}", name, e.toString());
    }
  }
}
