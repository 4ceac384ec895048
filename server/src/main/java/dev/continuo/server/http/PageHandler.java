// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests from a table of pages. <i>Confined to its event loop.</i> */
final class PageHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(PageHandler.class);
  private static final String ALLOWED = "GET, HEAD";

  private final Map<String, Page> pages;

  PageHandler(Map<String, Page> pages) {
    this.pages = pages;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    Page.Answer answer = answer(request);
    ByteBuf body = Unpooled.copiedBuffer(answer.body(), StandardCharsets.UTF_8);
    int length = body.readableBytes();
    if (request.method().equals(HttpMethod.HEAD)) {
      body.clear();
    }
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .setInt(HttpHeaderNames.CONTENT_LENGTH, length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set("X-Content-Type-Options", "nosniff");
    if (answer.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, ALLOWED);
    }
    boolean keep = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    HttpUtil.setKeepAlive(response, keep);
    var written = context.writeAndFlush(response);
    if (!keep) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private Page.Answer answer(FullHttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      return Page.Answer.text(400, "not HTTP (expected: GET of a page)");
    }
    String path = new QueryStringDecoder(request.uri()).rawPath();
    Page page = pages.get(path);
    if (page == null) {
      return Page.Answer.text(
          404, "no such page (expected: one of " + String.join(", ", pages.keySet()) + ")");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return Page.Answer.text(405, request.method() + " (expected: " + ALLOWED + ")");
    }
    try {
      String accept = request.headers().get(HttpHeaderNames.ACCEPT);
      return page.get(accept == null ? "" : accept);
    } catch (RuntimeException e) {
      LOG.error("{}: a page could not be made", path, e);
      return Page.Answer.text(500, "internal error; the server's log has it");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("an HTTP connection failed", cause);
    context.close().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }
}
