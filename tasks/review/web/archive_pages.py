"""The searchable PDF of a dossier, handed out through the desk alone."""

from starlette.responses import Response

from tasks.review.web.visit import Visit


def show_archive(visit: Visit) -> Response:
    """The PDF as a file to open; its name is the dossier's opaque id."""
    dossier_id = str(visit.request.path_params["dossier_id"])
    found = visit.site.doors.archives.file(dossier_id, visit.account)
    return Response(
        found.data,
        media_type="application/pdf",
        headers={"content-disposition": f'attachment; filename="{found.name}"'},
    )
