// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

/**
 * Where one recording lies among the frames of {@link Prompts}. <i>Immutable.</i>
 *
 * @param name the file's name
 * @param firstFrame index of its first frame
 * @param frames frames it has, 1 or more
 */
public record Recording(String name, int firstFrame, int frames) {}
