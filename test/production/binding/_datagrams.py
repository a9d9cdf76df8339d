"""Prints each datagram that comes to a unix socket, as a line of JSON. A path that begins with @ is an abstract one."""
import json, socket, sys

path = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\0" + path[1:] if path.startswith("@") else path)
print(json.dumps("bound"), flush=True)
while True:
    message = receiver.recv(4096).decode()
    # systemd-notify waits until a descriptor that comes with this is closed, as recv() has done.
    if message != "BARRIER=1":
        print(json.dumps(message), flush=True)
