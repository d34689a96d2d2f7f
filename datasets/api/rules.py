"""What each operation of datasets asks of its caller."""

from types import MappingProxyType

from core.api.rules import SIGNED_IN, Need, Rules

_VIEW, _CURATE = Need("view_project"), Need("curate_project")

RULES: Rules = MappingProxyType(
    {
        "datasets_list": SIGNED_IN,
        "datasets_create": _CURATE,
        "datasets_retrieve": _VIEW,
        "datasets_partial_update": _CURATE,
        "datasets_destroy": _CURATE,
        "datasets_statistics": _VIEW,
        "dataset_formats_list": SIGNED_IN,
        "imports_list": _VIEW,
        "imports_create": _CURATE,
        "imports_retrieve": _VIEW,
        "samples_list": _VIEW,
        "samples_facets": _VIEW,
        "samples_retrieve": _VIEW,
        "samples_media": _VIEW,
        "sample_annotations_retrieve": _VIEW,
        "sample_annotations_update": _CURATE,
        "bulk_edits_list": _VIEW,
        "bulk_edits_create": _CURATE,
        "bulk_edits_retrieve": _VIEW,
        "bulk_edits_undo": _CURATE,
        "saved_views_list": _VIEW,
        "saved_views_create": _CURATE,
        "saved_views_destroy": _CURATE,
        "tables_retrieve": _VIEW,
        "tables_partial_update": _CURATE,
        "tables_rows": _VIEW,
        "table_columns_partial_update": _CURATE,
        "findings_list": _VIEW,
        "quality_checks_create": _CURATE,
        "embeddings_list": _VIEW,
        "embeddings_create": _CURATE,
        "embedding_maps_retrieve": _VIEW,
        "distributions_list": _VIEW,
        "label_suspicions_list": _VIEW,
        "versions_list": _VIEW,
        "versions_create": _CURATE,
        "versions_retrieve": _VIEW,
        "versions_diff": _VIEW,
        "versions_restore": _CURATE,
        "version_exports_list": _VIEW,
        "version_exports_create": Need("view_project"),
        "exports_retrieve": _VIEW,
        "exports_download": _VIEW,
        "augmentations_operators": SIGNED_IN,
        "augmentations_preview": _VIEW,
        "version_augmentations_create": _CURATE,
        "recipes_list": SIGNED_IN,
        "recipes_create": _CURATE,
        "recipes_retrieve": _VIEW,
        "recipes_partial_update": _CURATE,
        "recipes_destroy": _CURATE,
    }
)
