// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line: option, value, what was expected. <i>Immutable.</i> */
final class UsageLine {
  private UsageLine() {}

  /** The line for what the parser found, or for what a command found, which is a line already. */
  static String of(ParameterException e) {
    CommandLine command = e.getCommandLine();
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(command, unmatched.getUnmatched());
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      ArgSpec first = missing.getMissing().get(0);
      return name(first) + ": missing (expected: " + usage(first) + ")";
    }
    if (e instanceof OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + ": given twice (expected: once)";
    }
    ArgSpec argument = e.getArgSpec();
    if (argument != null && e.getValue() != null) {
      return name(argument) + ": " + e.getValue() + " (expected: " + kind(argument) + ")";
    }
    String message = String.valueOf(e.getMessage());
    return message.contains("(expected: ") ? message : message + seeHelp(command);
  }

  private static String unmatched(CommandLine command, List<String> arguments) {
    String first = arguments.isEmpty() ? "" : arguments.get(0);
    if (first.startsWith("-") && first.length() > 1) {
      return first + ": no such option" + seeHelp(command);
    }
    if (!command.getSubcommands().isEmpty()) {
      String known = String.join(", ", command.getSubcommands().keySet());
      return first + ": no such command (expected: one of " + known + ")";
    }
    return first + ": one argument too many" + seeHelp(command);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String usage(ArgSpec argument) {
    if (argument instanceof OptionSpec option) {
      return option.longestName() + " " + option.paramLabel();
    }
    return String.join(" ", argument.description()).replaceAll("\\.$", "");
  }

  private static String kind(ArgSpec argument) {
    Class<?> type = argument.typeInfo().isMultiValue() ? element(argument) : argument.type();
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type.isEnum()) {
      return oneOf(argument.typeInfo().getEnumConstantNames());
    }
    return type == Path.class ? "a path" : argument.paramLabel();
  }

  /** The names as options take them: {@code f32, fp16, int8 or bf16}. */
  private static String oneOf(List<String> names) {
    List<String> known =
        names.stream().map(n -> n.toLowerCase(Locale.ROOT).replace('_', '-')).toList();
    int last = known.size() - 1;
    return last == 0
        ? known.get(0)
        : String.join(", ", known.subList(0, last)) + " or " + known.get(last);
  }

  private static Class<?> element(ArgSpec argument) {
    return argument.typeInfo().getAuxiliaryTypes()[0];
  }

  private static String seeHelp(CommandLine command) {
    return " (expected: see " + command.getCommandSpec().qualifiedName() + " --help)";
  }
}
