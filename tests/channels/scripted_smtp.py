"""A mail server that does as it is told: answers, silence or a hang-up at any stage."""

import asyncio
import re
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HANG_UP = "hang up"
SILENCE = "silence"


@dataclass
class Script:
    """What the server offers, and what it answers by verb: a line, `HANG_UP` or `SILENCE`.

    An answer may be a function of the command line. `BODY` is the answer after the final dot.
    """

    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000000")
    answers: dict[str, str | Callable[[str], str]] = field(default_factory=dict)
    greeting: str | None = "220 here"
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    password: str | None = None
    logins: str = "PLAIN LOGIN"
    delay: float = 0.0


@dataclass
class Taken:
    sender: str
    recipient: str
    body: bytes
    connection: int


class ScriptedServer:
    """Serves on loopback from its own thread; `script` may be changed between messages."""

    def __init__(self) -> None:
        self.script = Script()
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.connections = 0
        self.open_connections = 0
        self.most_at_once = 0
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def hang_up_on_everyone(self) -> None:
        async def close() -> None:
            for writer in list(self._writers):
                writer.close()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)

    async def _serve(self) -> None:
        self._server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        self.most_at_once = max(self.most_at_once, self.open_connections)
        self._writers.add(writer)
        try:
            if self.script.implicit_tls:
                await writer.start_tls(self.script.tls)  # type: ignore[arg-type]
            await _Conversation(self, reader, writer, self.connections).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self.open_connections -= 1
            self._writers.discard(writer)
            writer.close()


class _Conversation:
    def __init__(
        self,
        server: ScriptedServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        number: int,
    ) -> None:
        self.server, self.script = server, server.script
        self.reader, self.writer = reader, writer
        self.number = number
        self.sender = self.recipient = ""
        self.secure = self.script.implicit_tls

    async def run(self) -> None:
        if self.script.greeting is None:
            await asyncio.sleep(3600)
        await self.say(self.script.greeting or "")
        while line := await self.reader.readline():
            self.script = self.server.script
            command = line.decode("utf-8").rstrip("\r\n")
            self.server.commands.append(command)
            if not await self.obey(command):
                return

    async def obey(self, command: str) -> bool:
        verb = re.match(r"[A-Za-z]*", command)[0].upper()  # type: ignore[index]
        scripted = self.script.answers.get(verb)
        answer = scripted(command) if callable(scripted) else scripted
        if answer == HANG_UP:
            return False
        if answer == SILENCE:
            await asyncio.sleep(3600)
        if answer is None:
            return await self.by_default(verb, command)
        await self.say(answer)
        if verb == "RCPT" and answer.startswith("2"):
            self.recipient = command
        if verb == "DATA" and answer.startswith("354"):
            return await self.body()
        return not answer.startswith("421")

    async def by_default(self, verb: str, command: str) -> bool:  # noqa: C901 (a case a verb)
        match verb:
            case "EHLO":
                offered = list(self.script.extensions)
                if self.script.tls and not self.secure:
                    offered.append("STARTTLS")
                if self.script.password is not None:
                    offered.append(f"AUTH {self.script.logins}")
                lines = ["here", *offered]
                await self.say("\r\n".join([*(f"250-{x}" for x in lines[:-1]), f"250 {lines[-1]}"]))
            case "STARTTLS":
                await self.say("220 go on")
                await self.writer.start_tls(self.script.tls)  # type: ignore[arg-type]
                self.secure = True
            case "AUTH":
                await self.log_in(command)
            case "MAIL":
                self.sender, self.recipient = command, ""
                await self.say("250 2.1.0 ok")
            case "RCPT":
                self.recipient = command
                await self.say("250 2.1.5 ok")
            case "DATA" if not self.recipient:
                await self.say("503 5.5.1 whom to?")
            case "DATA":
                await self.say("354 go on")
                return await self.body()
            case "QUIT":
                await self.say("221 bye")
                return False
            case _:
                await self.say("250 ok")
        return True

    async def log_in(self, command: str) -> None:
        if command.upper().startswith("AUTH PLAIN"):
            given = b64decode(command.split()[2]).split(b"\0")[2].decode()
        else:
            await self.say("334 VXNlcm5hbWU6")
            await self.reader.readline()
            await self.say("334 UGFzc3dvcmQ6")
            given = b64decode(await self.reader.readline()).decode()
        good = given == self.script.password
        await self.say("235 2.7.0 welcome" if good else "535 5.7.8 wrong")

    async def body(self) -> bool:
        lines: list[bytes] = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        scripted = self.script.answers.get("BODY", "250 2.0.0 Ok: queued as 4F1A")
        answer = scripted(self.recipient) if callable(scripted) else scripted
        if lines and (answer in {HANG_UP, SILENCE} or answer.startswith("250")):
            self.server.taken.append(
                Taken(self.sender, self.recipient, b"".join(lines), self.number)
            )
        self.recipient = ""
        if answer == SILENCE:
            await asyncio.sleep(3600)
        if answer == HANG_UP:
            return False
        await self.say(answer)
        return not answer.startswith("421")

    async def say(self, line: str) -> None:
        if self.script.delay:
            await asyncio.sleep(self.script.delay)
        self.writer.write(f"{line}\r\n".encode())
        await self.writer.drain()


@contextmanager
def serving() -> Iterator[ScriptedServer]:
    """Run a scripted server for a while."""
    server = ScriptedServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
