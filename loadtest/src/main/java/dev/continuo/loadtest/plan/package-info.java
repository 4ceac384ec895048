// SPDX-License-Identifier: Apache-2.0
/**
 * What a run is made of, drawn before anything happens: when sessions arrive, what each says, how
 * long, and how it behaves.
 *
 * <p>Pure values and seeded draws; no clock, no network. Called by {@code drive} and {@code cli},
 * on any thread.
 */
@NullMarked
package dev.continuo.loadtest.plan;

import org.jspecify.annotations.NullMarked;
