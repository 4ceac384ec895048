// SPDX-License-Identifier: Apache-2.0
/**
 * The Java SDK: conversations with a Continuo server.
 *
 * <p>Begin with {@link ConversationClient#builder}. {@link BlockingConversation} is for a thread or
 * two a conversation, {@link Conversation} with a {@link ConversationListener} for many
 * conversations on few threads. Messages are the generated ones of {@code dev.continuo.v1}, whose
 * fields are documented in the contract. Sees proto only: no networks, no DJL.
 */
@NullMarked
package dev.continuo.client;

import org.jspecify.annotations.NullMarked;
