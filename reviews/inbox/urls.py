from django.urls import path

from reviews.inbox import acting, appeals, clusters, saved_views, views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("start/", acting.start, name="inbox-start"),
    path("views/", saved_views.save, name="inbox-view-save"),
    path("views/<int:pk>/delete/", saved_views.delete, name="inbox-view-delete"),
    path("<int:pk>/", views.inbox, name="inbox-review"),
    path("<int:pk>/decision/", acting.decision, name="inbox-decision"),
    path("<int:pk>/undo/", acting.undo, name="inbox-undo"),
    path("<int:pk>/skip/", acting.skip, name="inbox-skip"),
    path("<int:pk>/assignment/", acting.assign, name="inbox-assign"),
    path("<int:pk>/notes/", acting.note, name="inbox-note"),
    path("<int:pk>/tags/", acting.tag, name="inbox-tag"),
    path("<int:pk>/redactions/", acting.redact, name="inbox-redact"),
    path("<int:pk>/appeal/", appeals.appeal, name="inbox-appeal"),
    path("statements/<int:pk>/", appeals.statement, name="inbox-statement"),
    path("clusters/", clusters.clusters, name="inbox-clusters"),
    path("clusters/<int:pk>/", clusters.cluster, name="inbox-cluster"),
    path("<int:pk>/flags/", acting.settle_flags, name="inbox-flags"),
    path("<int:pk>/presence/", acting.presence, name="inbox-presence"),
    path("<int:pk>/translation/", acting.translation, name="inbox-translation"),
]
