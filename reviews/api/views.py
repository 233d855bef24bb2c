"""Version 1: read products and reviews."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from reviews.api.pagination import paged
from reviews.api.serializers import ProductSerializer, ReviewSerializer
from reviews.choices import Scope
from reviews.filters import ReviewFilter
from reviews.http import KeyRequest
from reviews.keyset import Segment
from reviews.models import Review
from reviews.permissions import visible_products, visible_reviews

CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous`.")


def page_of(serializer: type[serializers.Serializer]) -> serializers.Serializer:
    """Return the serializer that describes a page of a list in the schema."""
    return inline_serializer(
        f"{serializer.__name__.removesuffix('Serializer')}Page",
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
        },
    )


class ProductList(APIView):
    """The products that the key may read, by name."""

    scopes: ClassVar = {"*": Scope.REVIEWS_READ}

    @extend_schema(
        parameters=[CURSOR], responses=page_of(ProductSerializer), operation_id="products"
    )
    def get(self, request: KeyRequest) -> Response:
        products = visible_products(request.auth)
        return paged(request, [Segment(products, ("name", "id"))], ProductSerializer)


class ReviewList(GenericAPIView):
    """The reviews that the key may read, with the filters of the pages; newest first by default."""

    scopes: ClassVar = {"*": Scope.REVIEWS_READ}
    # Only the schema reads these; `get` applies the filters together with the sort order.
    queryset = Review.objects.none()
    filter_backends = (DjangoFilterBackend,)
    filterset_class = ReviewFilter
    serializer_class = ReviewSerializer

    @extend_schema(
        parameters=[CURSOR],
        responses=page_of(ReviewSerializer),
        operation_id="reviews",
        filters=True,
    )
    def get(self, request: KeyRequest) -> Response:
        filterset = ReviewFilter(request.query_params, queryset=visible_reviews(request.auth))
        if not filterset.is_valid():
            raise ValidationError(filterset.errors)
        return paged(request, filterset.segments(), ReviewSerializer)


class ReviewDetail(APIView):
    """One review. A review that the key may not read is a 404."""

    scopes: ClassVar = {"*": Scope.REVIEWS_READ}

    @extend_schema(responses=ReviewSerializer, operation_id="review")
    def get(self, request: KeyRequest, pk: int) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        return Response(ReviewSerializer(review).data)


def reference(request: HttpRequest) -> HttpResponse:
    """The API reference, rendered from the schema without third-party scripts."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return render(request, "reviews/api/reference.html", {"operations": operations(schema)})


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations of the schema for the reference page."""
    rows = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            responses = [
                {
                    "code": code,
                    "fields": fields(schema, content(response)),
                    "description": response.get("description", ""),
                }
                for code, response in operation["responses"].items()
            ]
            rows.append(
                {
                    "id": operation["operationId"],
                    "path": path,
                    "method": method.upper(),
                    "description": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "body": fields(schema, body.get("schema", {})),
                    "responses": responses,
                }
            )
    return rows


def content(response: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a response's JSON."""
    return response.get("content", {}).get("application/json", {}).get("schema", {})


def fields(schema: dict[str, Any], node: dict[str, Any], depth: int = 0) -> list[dict[str, Any]]:
    """Return an object's fields, nested ones indented by `depth`."""
    node = resolved(schema, node)
    if node.get("type") == "array":
        return fields(schema, node["items"], depth)
    rows = []
    for name, inner in node.get("properties", {}).items():
        target = resolved(schema, inner)
        kind = target.get("type", "object")
        rows.append(
            {
                "name": name,
                "kind": "/".join(kind) if isinstance(kind, list) else kind,
                "nullable": bool(inner.get("nullable") or target.get("nullable")),
                "description": inner.get("description", target.get("description", "")),
                "depth": depth,
            }
        )
        items = resolved(schema, target.get("items", {})) if kind == "array" else target
        if "properties" in items:
            rows += fields(schema, items, depth + 1)
    return rows


def resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return the component that a node of the schema refers to, or the node itself."""
    for part in node.get("allOf", node.get("oneOf", [])):
        if "$ref" in part:
            node = part
    if "$ref" in node:
        return schema["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]]
    return node
