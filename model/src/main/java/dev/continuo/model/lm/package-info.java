// SPDX-License-Identifier: Apache-2.0
/**
 * Unit language models: units to units, with static KV caches.
 *
 * <p>Called through {@link dev.continuo.model.UnitLanguageModel}; a sequence belongs to one caller
 * at a time.
 */
@NullMarked
package dev.continuo.model.lm;

import org.jspecify.annotations.NullMarked;
