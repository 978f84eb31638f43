"""Counts and durations of requests for Prometheus: django-prometheus', with less of a search for each."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django_prometheus.middleware import PrometheusAfterMiddleware
from django_prometheus.utils import Time


class RequestMetrics(PrometheusAfterMiddleware):
    """The same metrics with the same labels.

    A metric finds the counter of its labels under a lock, by text made of them anew: here it is found once.
    """

    _known: ClassVar[dict[tuple[Any, ...], Any]] = {}

    def label_metric(self, metric: Any, request: HttpRequest, response: Any = None, **labels: str) -> Any:
        """The counter of these labels: there are as many as views, methods and statuses."""
        key = (metric, *labels.items())
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = super().label_metric(metric, request, response, **labels)
        return found

    def process_request(self, request: HttpRequest) -> None:
        """As the original, by the variables of the request: its ``headers`` are made only for who asks."""
        label, metrics, method = self.label_metric, self.metrics, self._method(request)
        label(metrics.requests_by_method, request, method=method).inc()
        label(metrics.requests_by_transport, request, transport=self._transport(request)).inc()
        if request.META.get("HTTP_X_REQUESTED_WITH") == "XMLHttpRequest":
            label(metrics.requests_ajax, request).inc()
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        label(metrics.requests_body_bytes, request).observe(length)
        request.prometheus_after_middleware_event = Time()  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """As the original; what is made while it is sent took until its end, or until it was given up."""
        if not isinstance(response, StreamingHttpResponse) or isinstance(response, FileResponse):
            return self._finished(request, response)
        content = cast("Iterator[bytes]", response.streaming_content)  # no view of ours is asynchronous
        response.streaming_content = self._sent(request, response, content)
        return response

    def _sent(
        self, request: HttpRequest, response: HttpResponseBase, content: Iterator[bytes]
    ) -> Iterator[bytes]:
        try:
            yield from content
        finally:
            self._finished(request, response)

    def _finished(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        finished: HttpResponseBase = super().process_response(request, response)
        return finished
