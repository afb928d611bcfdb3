"""Pages that anybody may open: privacy, cookies, accessibility, help."""

from app.fabext.doors import everybody, expose
from app.fabext.views import Answer, BaseView


class PublicView(BaseView):
    """Short, true pages; the living notice grows out of the first."""

    route_base = ""
    default_view = "privacy"

    @expose("/privacy")
    @everybody
    def privacy(self) -> Answer:
        """Who the controller and the data protection officer are, what is held, how to complain (P-9, P-13)."""
        return self.draw("public/privacy.html")

    @expose("/cookies")
    @everybody
    def cookies(self) -> Answer:
        """Each cookie that is set, with purpose and lifetime (P-10)."""
        return self.draw("public/cookies.html")

    @expose("/accessibility")
    @everybody
    def accessibility(self) -> Answer:
        """How usable the service is, and whom to tell where it is not."""
        return self.draw("public/accessibility.html")

    @expose("/help")
    @everybody
    def help(self) -> Answer:
        """What the service is for, and whom to ask."""
        return self.draw("public/help.html")
