/**
 * A context for each request: {@link io.txhost.servlet.ContextFilter}, which {@link
 * io.txhost.context.ContextInitializer}s fill. Knows no Spring, and nothing of transactions.
 */
@NullMarked
package io.txhost.servlet;

import org.jspecify.annotations.NullMarked;
