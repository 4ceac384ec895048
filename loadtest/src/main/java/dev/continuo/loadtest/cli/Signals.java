// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C as an event. A shutdown hook would come too late: the JVM is then on its way out, and
 * files cannot be begun any more.
 *
 * <p>{@code sun.misc.Signal} is the JDK's only way to it, part of {@code jdk.unsupported}; it is
 * called by reflection because the compiler warns of its very name. Where it is missing, Ctrl-C
 * ends the process without a report. <i>Thread-safe: holds no state.</i>
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Runs {@code first} at the first SIGINT or SIGTERM; the second one ends the process as if this
   * had never been called.
   */
  static void onFirst(Runnable first) {
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        handle(name, first);
      } catch (ReflectiveOperationException | RuntimeException e) {
        LOG.debug("{} is not handled: {}", name, e.toString());
      }
    }
  }

  private static void handle(String name, Runnable first) throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Method handle = signalType.getMethod("handle", signalType, handlerType);
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    Object standard = handlerType.getField("SIG_DFL").get(null);
    Object handler =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, arguments) -> {
              if (method.getName().equals("handle")) {
                handle.invoke(null, signal, standard);
                first.run();
                return null;
              }
              return method.getName().equals("hashCode") ? System.identityHashCode(proxy) : name;
            });
    handle.invoke(null, signal, handler);
  }
}
