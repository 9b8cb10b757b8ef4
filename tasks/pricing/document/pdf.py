"""The one door to WeasyPrint: a page of HTML becomes a PDF to sign by hand."""


def pdf_of(html: str) -> bytes:
    """Return the page as PDF; fonts come from the machine, nothing is fetched.

    Raises:
        ValueError: when the page asks for anything outside itself.
    """
    import weasyprint

    def refuse(url: str) -> None:
        raise ValueError(f"the page asks for {url}; it must stand alone")

    pdf: bytes = weasyprint.HTML(string=html, url_fetcher=refuse).write_pdf()
    return pdf
