/* SPDX-License-Identifier: MIT */

#include "ipc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int create_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int connect_socket(int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("SKERRY_SOCKET");

	if (path == NULL || *path == '\0')
		path = SOCKET_NAME;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

ssize_t send_socket(int fd, const char *buf, size_t len)
{
	size_t sent = 0;

	while (sent < len) {
		/* A server that has gone is an error, not a signal. */
		ssize_t count = send(fd, buf + sent, len - sent, MSG_NOSIGNAL);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		sent += count;
	}
	return sent;
}

ssize_t recv_socket(int fd, char *buf, size_t len)
{
	ssize_t count;

	do
		count = recv(fd, buf, len, 0);
	while (count < 0 && errno == EINTR);
	if (count >= 0 && (size_t)count < len)
		buf[count] = '\0';
	return count;
}

void close_socket(int fd)
{
	close(fd);
}
