"""The one door to WeasyPrint: a page of HTML becomes a PDF to sign by hand."""

#: Below every page: the fingerprint that a signature is about, so that paper and file agree.
_FOOT = '@page {{ @bottom-left {{ content: "SHA-256 {}"; font-size: 7pt; }} }}'


def pdf_of(html: str, fingerprint: str) -> bytes:
    """Return the page as PDF with its fingerprint; fonts are the machine's, nothing is fetched.

    Raises:
        ValueError: when the page asks for anything outside itself.
    """
    import weasyprint

    def refuse(url: str) -> None:
        raise ValueError(f"the page asks for {url}; it must stand alone")

    foot = weasyprint.CSS(string=_FOOT.format(fingerprint))
    pdf: bytes = weasyprint.HTML(string=html, url_fetcher=refuse).write_pdf(stylesheets=[foot])
    return pdf
