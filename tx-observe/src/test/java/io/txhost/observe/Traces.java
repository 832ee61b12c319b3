package io.txhost.observe;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;

/** OpenTelemetry's own tracer, which keeps its spans in memory. */
final class Traces implements AutoCloseable {
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build();
  private final Tracer tracer =
      new OtelTracer(provider.get("test"), new OtelCurrentTraceContext(), event -> {});
  private final ObservationRegistry registry = ObservationRegistry.create();

  Traces() {
    registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
  }

  ObservationRegistry registry() {
    return registry;
  }

  Tracer tracer() {
    return tracer;
  }

  List<SpanData> spans() {
    return exporter.getFinishedSpanItems();
  }

  /** Each as a line, in the order they ended. */
  List<String> shown() {
    return spans().stream()
        .map(
            span ->
                span.getName()
                    + ": "
                    + attribute(span, "txhost.outcome")
                    + (span.getEvents().isEmpty() ? "" : ", events ")
                    + String.join(" ", span.getEvents().stream().map(e -> e.getName()).toList())
                    + ", status "
                    + span.getStatus().getStatusCode())
        .toList();
  }

  static String attribute(SpanData span, String key) {
    return span.getAttributes().get(io.opentelemetry.api.common.AttributeKey.stringKey(key));
  }

  /** All that was exported, as text. */
  String all() {
    return spans().toString();
  }

  @Override
  public void close() {
    provider.close();
  }
}
