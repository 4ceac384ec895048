// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/**
 * How a session's prompt went out. <i>Immutable.</i>
 *
 * @param frames frames handed to the transport
 * @param catchUpFrames those of them that were sent when the next one was due already
 * @param pushedBackFrames those of them that the transport took although it had no room to send:
 *     the server does not take audio as fast as it is spoken
 * @param maxLatenessNanos how late the latest was
 */
public record Sent(int frames, int catchUpFrames, int pushedBackFrames, long maxLatenessNanos) {}
