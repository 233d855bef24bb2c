"""Version 1: products and reviews to read."""

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
    """Return a page of a list as the schema describes it."""
    return inline_serializer(
        f"{serializer.__name__.removesuffix('Serializer')}Page",
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
        },
    )


class ProductList(APIView):
    """The products that the key may see, by name."""

    scopes: ClassVar = {"*": Scope.REVIEWS_READ}

    @extend_schema(
        parameters=[CURSOR], responses=page_of(ProductSerializer), operation_id="products"
    )
    def get(self, request: KeyRequest) -> Response:
        products = visible_products(request.auth)
        return paged(request, [Segment(products, ("name", "id"))], ProductSerializer)


class ReviewList(GenericAPIView):
    """Reviews, filtered as on the pages; newest first unless sorted otherwise."""

    scopes: ClassVar = {"*": Scope.REVIEWS_READ}
    # Read by the schema; the filters are applied with the order they come in.
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
    """One review. One that is not the key's is a 404."""

    scopes: ClassVar = {"*": Scope.REVIEWS_READ}

    @extend_schema(responses=ReviewSerializer, operation_id="review")
    def get(self, request: KeyRequest, pk: int) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        return Response(ReviewSerializer(review).data)


def reference(request: HttpRequest) -> HttpResponse:
    """The API's reference, drawn from its schema, with nothing fetched from elsewhere."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return render(request, "reviews/api/reference.html", {"operations": operations(schema)})


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the schema's operations as the reference page shows them."""
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            answers = [
                {
                    "code": code,
                    "fields": fields(schema, content(answer)),
                    "description": answer.get("description", ""),
                }
                for code, answer in operation["responses"].items()
            ]
            found.append(
                {
                    "id": operation["operationId"],
                    "path": path,
                    "method": method.upper(),
                    "description": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "body": fields(schema, body.get("schema", {})),
                    "answers": answers,
                }
            )
    return found


def content(answer: dict[str, Any]) -> dict[str, Any]:
    return answer.get("content", {}).get("application/json", {}).get("schema", {})


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
    for part in node.get("allOf", node.get("oneOf", [])):
        if "$ref" in part:
            node = part
    if "$ref" in node:
        return schema["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]]
    return node
