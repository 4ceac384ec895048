// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Turns whatever ends a command into one line and an exit code. A stack trace is shown only with
 * {@code --debug}; that of a defect of ours goes to a file otherwise.
 *
 * <p><i>Thread-safe: immutable.</i>
 */
public final class Failures
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {
  /** Option that shows stack traces. */
  public static final String DEBUG = "--debug";

  /** Exit code of a defect of ours. */
  public static final int DEFECT = 1;

  /** Exit code of wrong usage. */
  public static final int USAGE = 2;

  /** Exit code of bad input or a bad bundle. */
  public static final int INPUT = 3;

  /** Exit code of a server or network that failed. */
  public static final int SERVER = 4;

  /** Exit code of a threshold that was not met. */
  public static final int THRESHOLD = 5;

  private final Terminal terminal;
  private final Path home;
  private final ToIntFunction<Throwable> expected;

  /**
   * Reports to {@code terminal}.
   *
   * @param home folder under which traces of defects are written
   * @param expected exit code of the failures whose message is a line for the user, 0 for others;
   *     those of files and of usage are known here
   */
  public Failures(Terminal terminal, Path home, ToIntFunction<Throwable> expected) {
    this.terminal = terminal;
    this.home = home;
    this.expected = expected;
  }

  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    return report(exception, Arrays.asList(args).contains(DEBUG));
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    return report(e, parsed.originalArgs().contains(DEBUG));
  }

  /** Says what there is to say, and returns the exit code. */
  public int report(Throwable failure, boolean debug) {
    Throwable exception = unwrapped(failure);
    if (exception instanceof Terminal.ReaderGone) {
      return 0;
    }
    if (debug) {
      exception.printStackTrace(terminal.err());
    }
    if (exception instanceof ParameterException usage) {
      say(UsageLine.of(usage));
      return USAGE;
    }
    int code = expected.applyAsInt(exception);
    if (code != 0) {
      say(String.valueOf(exception.getMessage()));
      return code;
    }
    Optional<String> file = fileMessage(exception);
    if (file.isPresent()) {
      say(file.get());
      return INPUT;
    }
    say("internal error: " + exception + log(exception));
    return DEFECT;
  }

  /** The line for a file that cannot be read or written, or nothing for another failure. */
  public static Optional<String> fileMessage(Throwable failure) {
    Throwable e = unwrapped(failure);
    if (e instanceof FileSystemException broken) {
      String message = String.valueOf(broken.getMessage());
      boolean explained = broken.getReason() != null || message.contains("(expected: ");
      return Optional.of(explained ? message : message + ": " + reason(broken));
    }
    return e instanceof IOException
        ? Optional.of(String.valueOf(e.getMessage()))
        : Optional.empty();
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof UncheckedIOException && cause != null ? cause : failure;
  }

  /** Why, where the JDK says no more than the path. */
  private static String reason(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException
        ? "not a folder (expected: a folder)"
        : "cannot be used";
  }

  private void say(String line) {
    terminal.note("continuo: " + line);
  }

  private String log(Throwable exception) {
    StringWriter trace = new StringWriter();
    exception.printStackTrace(new PrintWriter(trace));
    String name = "error-" + Instant.now().toString().replaceAll("[^0-9TZ]", "-") + ".log";
    Path file = home.resolve("logs").resolve(name);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, trace.toString(), StandardCharsets.UTF_8);
      return "; see " + file;
    } catch (IOException e) {
      return "; no log could be written to " + file + " (--debug shows the trace)";
    }
  }
}
