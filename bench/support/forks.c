/* SPDX-License-Identifier: MIT */

/*
 * What a call of a native library costs the kernel at least: prints how many times a second a process of 12 MB forks a
 * child that writes to 140 of its pages and ends, and waits for it. Usage: forks <count>
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PAGES = 3072, WRITTEN_PAGES = 140 };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1;
	volatile char *memory = malloc(PAGES * PAGE_BYTES);
	double start;

	if (memory == NULL)
		return EXIT_FAILURE;
	memset((char *)memory, 1, PAGES * PAGE_BYTES);
	start = now();
	for (long i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return EXIT_FAILURE;
		if (pid == 0) {
			for (int page = 0; page < WRITTEN_PAGES; page++)
				memory[page * (PAGES / WRITTEN_PAGES) * PAGE_BYTES] = 2;
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	printf("%.1f\n", count / (now() - start));
	return EXIT_SUCCESS;
}
