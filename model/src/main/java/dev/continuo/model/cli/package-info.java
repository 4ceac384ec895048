// SPDX-License-Identifier: Apache-2.0
/**
 * The offline commands: what users and scripts see.
 *
 * <p>{@link dev.continuo.model.cli.Main} is the entry; nothing else calls this package. Results go
 * to standard output, everything else to standard error; a user's mistake is one line and an exit
 * code.
 */
@NullMarked
package dev.continuo.model.cli;

import org.jspecify.annotations.NullMarked;
