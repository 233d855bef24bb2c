"""Which product a file is about."""

from dataclasses import replace

from django.utils.text import slugify

from reviews.importing.formats import About, Format
from reviews.models import Product, Vendor


def product_for(format: Format, *, slug: str = "", vendor: str = "") -> Product:
    """Return the product a file's reviews are about, made if it does not exist.

    A name that isn't given is taken from the file, else from the file's name.
    """
    description = about(format)
    slug = slug or slugify(description.product) or "product"
    product = Product.objects.filter(slug=slug).first()
    if product:
        return product
    name = description.product
    if slugify(name) != slug:
        name = slug.replace("-", " ").replace("_", " ").capitalize()
    vendor = vendor or description.vendor or name
    owner, _made = Vendor.objects.get_or_create(name=vendor, defaults={"slug": free_slug(vendor)})
    return Product.objects.get_or_create(slug=slug, defaults={"name": name, "vendor": owner})[0]


def about(format: Format) -> About:
    """Return what a file says about itself, its product's name from the file's where it doesn't."""
    description = format.about()
    if description.product:
        return description
    name = format.dump.stem.removeprefix(format.source[0]).replace("_", " ").strip()
    return replace(description, product=(name or format.dump.stem).capitalize())


def free_slug(name: str) -> str:
    """Return a slug for a vendor's name that no other vendor has."""
    slug = slugify(name)[:90] or "vendor"
    taken = set(Vendor.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(
        s for n in range(1, len(taken) + 2) if (s := f"{slug}-{n}" if n > 1 else slug) not in taken
    )
