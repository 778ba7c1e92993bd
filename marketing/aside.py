"""Liquid taken out of a source for a while, so that no tool for markup moves or escapes it."""

import hashlib
import re

LIQUID = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


class SetAside:
    """Liquid taken out of a source, each piece behind a word that no other text contains."""

    def __init__(self, source: str) -> None:
        self.word = f"lq{hashlib.sha256(source.encode()).hexdigest()[:8]}n"
        self.pieces: list[str] = []
        self.text = LIQUID.sub(self._keep, source)

    def _keep(self, match: re.Match[str]) -> str:
        self.pieces.append(match[0])
        return f"{self.word}{len(self.pieces) - 1}x"

    def block_tags_as_comments(self, html: str) -> str:
        """Hide `{% %}` between elements in comments: tables throw out bare text, but not these."""

        def hide(match: re.Match[str]) -> str:
            piece = self.pieces[int(match[1])]
            return f"<!--{match[0]}-->" if piece.startswith("{%") else match[0]

        word = re.compile(rf"{self.word}(\d+)x")
        between = re.compile(r"(<!--.*?-->|<style.*?</style>|<title.*?</title>|<[^>]*>)", re.DOTALL)
        cut = between.split(html)
        cut[::2] = [word.sub(hide, text) for text in cut[::2]]
        return "".join(cut)

    def restored(self, html: str) -> str:
        """Put every piece back."""
        marker = re.compile(rf"<!--{self.word}(\d+)x-->|{self.word}(\d+)x(?:=\"\")?")
        return marker.sub(lambda match: self.pieces[int(match[1] or match[2])], html)
