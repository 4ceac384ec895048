// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run was like for a second. <i>Immutable; the histograms are the receiver's.</i>
 *
 * @param atNanos its end
 * @param active sessions open then
 * @param load of the driver and its machine
 * @param intervals what was recorded in it, metrics without values left out
 */
public record Second(
    long atNanos, int active, DriverHealth.Load load, Map<Metric, Histogram> intervals) {}
