/* Functions that do what they should not. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

void segfault(void)
{
	printf("before");
	*(volatile int *)0 = 1;
}

void aborts(void)
{
	printf("before\n");
	abort();
}

void exits_0(void)
{
	printf("bye");
	exit(0);
}

void exits_3(const char *filename)
{
	/* Left for exit() to flush. */
	FILE *file = filename == NULL ? NULL : fopen(filename, "w");

	if (file != NULL)
		fputs("flushed", file);
	printf("bye");
	exit(3);
}

void divides(void)
{
	volatile int zero = 0;

	printf("%d", 7 / zero);
}

void recurses(const char *filename)
{
	volatile char page[4096];

	page[0] = filename != NULL;
	recurses((const char *)page);
	page[1] = page[0];
}

void corrupts_heap(void)
{
	char *first = malloc(24);
	char *second = malloc(24);

	memset(first, 0xff, 256);
	free(second);
	free(first);
	malloc(5000);
	free(first);
	printf("survived");
}

void spins(void)
{
	printf("spinning\n");
	for (;;)
		;
}

void spins_on(void)
{
	signal(SIGXCPU, SIG_IGN);
	spins();
}

static void *crashes(void *argument)
{
	*(volatile int *)argument = 1;
	return NULL;
}

void thread_crashes(void)
{
	pthread_t thread;

	printf("threading\n");
	pthread_create(&thread, NULL, crashes, NULL);
	pthread_join(thread, NULL);
}

/* A pipe in the place of the output: who opens it waits. */
void swaps_output(void)
{
	char path[4096] = "";

	readlink("/proc/self/fd/1", path, sizeof(path) - 1);
	unlink(path);
	mkfifo(path, 0600);
}

void swaps_and_aborts(void)
{
	swaps_output();
	abort();
}

/* Writes into the memory that the process shares with the zygote. */
void scribbles(void)
{
	char line[4096];
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long start, end;

	while (fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, "/dev/zero") != NULL && strstr(line, "rw-s") != NULL) {
			sscanf(line, "%lx-%lx", &start, &end);
			printf("%lu\n", end - start);
			memset((void *)start, 0xff, end - start);
		}
}

void ignores_sigterm(void)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGALRM, SIG_IGN);
	signal(SIGXCPU, SIG_IGN);
	for (;;)
		pause();
}

void raises_sigterm(void)
{
	raise(SIGTERM);
}

void kills_group(void)
{
	printf("killing");
	kill(0, SIGKILL);
}

void kills_parent(void)
{
	kill(getppid(), SIGKILL);
	pause();
}

void stops_itself(void)
{
	raise(SIGSTOP);
}

void closes_descriptors(void)
{
	for (int fd = 0; fd < 1024; fd++)
		close(fd);
	printf("lost");
}

void fills_the_disk(void)
{
	printf("kept\n");
	freopen("/dev/full", "w", stdout);
	printf("lost\n");
}

/* Three children that would outlive the call, one of them in a session of its own. */
void forks(void)
{
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (i == 2)
				setsid();
			for (;;)
				sleep(1000);
		}
		printf("%d\n", (int)pid);
	}
}

void forks_and_hangs(void)
{
	forks();
	for (;;)
		sleep(1000);
}

void writes_10_gb(void)
{
	static char block[1 << 20];

	memset(block, 'x', sizeof(block));
	for (long i = 0; i < 10L * 1024; i++)
		if (write(1, block, sizeof(block)) < 0)
			return;
}

void shouts(void)
{
	for (int i = 0; i < 1000 * 1000; i++)
		if (fprintf(stderr, "error %d\n", i) < 0)
			break;
	printf("done");
}

void allocates(void)
{
	size_t megabytes = 0;

	while (megabytes < 100 * 1024) {
		char *block = malloc(1 << 20);

		if (block == NULL)
			break;
		memset(block, 1, 1 << 20);
		megabytes++;
	}
	printf(megabytes < 1024 ? "stopped" : "went on");
}

void raises_limits(void)
{
	struct rlimit core;

	getrlimit(RLIMIT_CORE, &core);
	printf("core %ld\n", (long)core.rlim_max);
	getrlimit(RLIMIT_NOFILE, &core);
	printf("files %ld\n", (long)core.rlim_max);
}
