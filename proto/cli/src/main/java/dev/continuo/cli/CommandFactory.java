// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.lang.reflect.Constructor;
import picocli.CommandLine;

/** Makes commands with the context their constructor takes. <i>Immutable.</i> */
public final class CommandFactory implements CommandLine.IFactory {
  private final CommandLine.IFactory others = CommandLine.defaultFactory();
  private final Object context;

  /**
   * A factory.
   *
   * @param context what commands with a constructor of one argument of its type are given
   */
  public CommandFactory(Object context) {
    this.context = context;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      Class<?>[] parameters = constructor.getParameterTypes();
      if (parameters.length == 1 && parameters[0].isInstance(context)) {
        constructor.setAccessible(true);
        return type.cast(constructor.newInstance(context));
      }
    }
    return others.create(type);
  }
}
