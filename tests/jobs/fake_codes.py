"""The platform's side of codes: discounts with many codes, imports that take their time."""

from collections import Counter
from collections.abc import Sequence

from connectors.base import CodeImport, Credentials, StoreError, StoreUnavailable


class FakeCodes:
    """Discounts and their codes; can be told to fail, to lose its answer, and to hold codes."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        """Code -> the discount that it belongs to."""
        self.deleted: list[str] = []
        self.retired: list[str] = []
        self.imports: dict[str, CodeImport] = {}
        self.import_failures: list[StoreError] = []
        self.delete_failures: list[StoreError] = []
        self.loses_answers = 0
        """So many imports are begun without our hearing of it."""
        self.looks_needed = 1
        """How often an import is looked at until it is done."""
        self.looks: Counter[str] = Counter()
        self.refuses: set[str] = set()
        self.asked: list[list[str]] = []

    def add_codes(self, _: Credentials, external_id: str, texts: Sequence[str]) -> str:
        self.asked.append(list(texts))
        if self.import_failures:
            raise self.import_failures.pop(0)
        assert 0 < len(texts) <= 250
        taken = [text for text in texts if text in self.codes]
        added = [text for text in texts if text not in self.codes and text not in self.refuses]
        refused = [text for text in texts if text in self.refuses]
        self.codes.update(dict.fromkeys(added, external_id))
        import_id = f"gid://import/{len(self.imports)}"
        self.imports[import_id] = CodeImport(
            is_done=True, added=tuple(added), taken=tuple(taken), refused=tuple(refused)
        )
        if self.loses_answers:
            self.loses_answers -= 1
            raise StoreUnavailable("the store did not answer in time")
        return import_id

    def code_import(self, _: Credentials, import_id: str) -> CodeImport:
        self.looks[import_id] += 1
        if self.looks[import_id] < self.looks_needed:
            return CodeImport(is_done=False)
        return self.imports[import_id]

    def discount_of(self, _: Credentials, code: str) -> str | None:
        return self.codes.get(code)

    def delete_discount(self, _: Credentials, external_id: str) -> None:
        if self.delete_failures:
            raise self.delete_failures.pop(0)
        self.deleted.append(external_id)
        self.codes = {code: owner for code, owner in self.codes.items() if owner != external_id}

    def deactivate_discount(self, _: Credentials, external_id: str) -> None:
        self.retired.append(external_id)
