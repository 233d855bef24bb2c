from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Reviews")

    def ready(self) -> None:
        from reviews import permissions

        # Each app's permissions are created after its migrations, so this runs after each app's.
        post_migrate.connect(permissions.ensure_groups, dispatch_uid="groups")
