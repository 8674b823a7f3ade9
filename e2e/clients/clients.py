"""One client of PyPI by name, against a Tend: `python clients.py NAME ADDRESS`. Prints what it believes, as JSON."""
import json
import sys

PAGE = "https://svc.example/apply"


def posthog(tend):
    from posthog import Posthog

    errors = []
    answers = []
    for gzip in (False, True):
        client = Posthog("phc_py", host=tend, gzip=gzip, on_error=lambda error, batch: errors.append(str(error)))
        client.capture("page viewed", distinct_id="u1", properties={"$current_url": PAGE, "gzip": gzip})
        client.flush()
        client.shutdown()
        answers.append(client.consumers[0].queue.qsize() if client.consumers else 0)
    return {"errors": errors, "left": answers}


def snowplow(tend):
    from snowplow_tracker import Emitter, PageView, StructuredEvent, Tracker

    sent, failed = [], []
    for method in ("post", "get"):
        emitter = Emitter(
            tend.split("//")[1].split(":")[0],
            protocol="http",
            port=int(tend.rsplit(":", 1)[1]),
            method=method,
            batch_size=1,
            on_success=lambda events: sent.extend(events),
            on_failure=lambda count, events: failed.extend(events),
        )
        tracker = Tracker(namespace="ns", emitters=emitter, app_id="snow-py", encode_base64=False)
        tracker.track(PageView(page_url=PAGE, page_title="Apply"))
        tracker.track(StructuredEvent(category="form", action="submit-" + method))
        tracker.flush()
    return {"sent": len(sent), "failed": len(failed)}


def opentelemetry(tend):
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    answers = []

    def noted(exporter):
        plain = exporter.export

        def export(*given, **named):
            answer = plain(*given, **named)
            answers.append(answer.name)
            return answer

        exporter.export = export
        return exporter

    # Without a key: the source answers to the service.name.
    resource = Resource.create({"service.name": "py-otel"})
    traces = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=tend + "/v1/traces", compression=Compression.Gzip)
    traces.add_span_processor(SimpleSpanProcessor(noted(exporter)))
    with traces.get_tracer("t").start_as_current_span("GET /apply"):
        pass
    traces.shutdown()
    reader = PeriodicExportingMetricReader(noted(OTLPMetricExporter(endpoint=tend + "/v1/metrics")))
    metrics = MeterProvider(resource=resource, metric_readers=[reader])
    metrics.get_meter("m").create_histogram("duration", unit="ms").record(12.5)
    metrics.force_flush()
    metrics.shutdown()
    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(SimpleLogRecordProcessor(noted(OTLPLogExporter(endpoint=tend + "/v1/logs"))))
    import logging

    from opentelemetry.sdk._logs import LoggingHandler

    logger = logging.getLogger("story")
    logger.addHandler(LoggingHandler(logger_provider=logs))
    logger.error("payment refused")
    logs.shutdown()
    return answers


if __name__ == "__main__":
    name, address = sys.argv[1:]
    print(json.dumps({"posthog": posthog, "snowplow": snowplow, "opentelemetry": opentelemetry}[name](address)))
