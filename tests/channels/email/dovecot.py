"""A Dovecot of our own: its configuration, its mail and its port belong to one test run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import free_port, is_open, wait

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
PASSWORD = "calm harbour 42"

_CONFIGURATION = """\
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{base}/mail
mailbox_list_index = no
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@contextmanager
def running(base: Path, cert: Path, key: Path) -> Iterator[int]:
    """Run Dovecot on a free port until the block ends; any user may log in with :data:`PASSWORD`."""
    assert PROGRAM is not None
    me = pwd.getpwuid(os.geteuid())
    # Dovecot gives no mailbox to root; its package made users for the case that root starts it.
    is_root = me.pw_uid == 0
    owner = pwd.getpwnam("dovecot") if is_root else me
    port = free_port()
    for name in ("mail", "home", "state"):
        (base / name).mkdir(parents=True)
        os.chown(base / name, owner.pw_uid, owner.pw_gid)
    if is_root:
        for folder in (base, *base.parents[:3]):
            folder.chmod(folder.stat().st_mode | 0o011)
    file = base / "dovecot.conf"
    file.write_text(
        _CONFIGURATION.format(
            base=base,
            cert=cert,
            key=key,
            port=port,
            password=PASSWORD.replace(" ", ""),
            ssl="yes",
            internal=owner.pw_name,
            internal_group=_group(owner.pw_gid),
            login="dovenull" if is_root else me.pw_name,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
        )  # fmt: skip
    )
    with (base / "said").open("wb") as said:
        server = subprocess.Popen([PROGRAM, "-F", "-c", str(file)], stdout=said, stderr=said)
        try:
            wait(lambda: server.poll() is not None or is_open(port), "dovecot listens")
            assert server.poll() is None, (base / "said").read_text() + _log(base)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


def _log(base: Path) -> str:
    return (base / "log").read_text() if (base / "log").exists() else ""
