# title: Connections are opened and ports bound
# hopes: something can be sent away, or fetched
# base: complete
# absent: OPENED-SOCKET

# %% first
import socket

for family, address in ((socket.AF_INET, ("127.0.0.1", 22)), (socket.AF_INET6, ("::1", 22)), (socket.AF_UNIX, "/run/docker.sock")):
    try:
        with socket.socket(family) as one:
            one.settimeout(1)
            print("OPENED-" + "SOCKET")
            one.connect(address)
    except OSError as error:
        print(error)
try:
    server = socket.create_server(("127.0.0.1", 0))
    print("OPENED-" + "SOCKET")
except OSError as error:
    print(error)
