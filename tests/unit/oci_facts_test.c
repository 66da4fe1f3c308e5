/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a container, and from whom: the author of an image has no say in most of it. */
#include "tests/unit/agent_make.h"
#include "tests/unit/remove_tree.h"

#include <errno.h>
#include <sys/stat.h>

#include "agent/oci_facts.h"
#include "agent/oci_store.h"

#define ID "0123456789abcdef"

static char base[] = "/tmp/bailiff-test-XXXXXX";

static const char *at(const char *path)
{
	static char paths[4][PATH_MAX];
	static int next;
	char *to = paths[next++ % 4];

	snprintf(to, PATH_MAX, "%s/%s", base, path);
	return to;
}

static void put(const char *path, const char *text)
{
	char *whole = strdup(at(path));
	FILE *out;

	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(whole, 0700);
		*slash = '/';
	}
	out = fopen(whole, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	fclose(out);
	free(whole);
}

#define PODMAN(id, name, image)                                                                    \
	"{\"id\":\"" id "\",\"names\":[\"" name                                                    \
	"\"],\"image\":\"i\",\"layer\":\"l\",\"metadata\":"                                        \
	"\"{\\\"image-name\\\":\\\"" image                                                         \
	"\\\",\\\"image-id\\\":\\\"i\\\",\\\"name\\\":\\\"" name                                   \
	"\\\",\\\"created-at\\\":1}\",\"flags\":{}}"

#define CRIO(id, pod)                                                                              \
	"{\"id\":\"" id "\",\"names\":[\"k8s_web_p_ns_u_0\"],\"metadata\":\"{\\\"pod-name\\\":"    \
	"\\\"p\\\",\\\"pod-id\\\":\\\"q\\\",\\\"image-name\\\":\\\"quay.io/"                       \
	"web:1\\\",\\\"name\\\":"                                                                  \
	"\\\"k8s_web_p_ns_u_0\\\",\\\"metadata-name\\\":\\\"web\\\"" pod "}\"}"

static int make_stores(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(base));
	put("podman/overlay-containers/containers.json",
	    "[" PODMAN("ff", "other", "o:1") "," PODMAN(ID, "web",
							"docker.io/library/nginx:1") "]");
	put("podman/overlay-containers/volatile-containers.json",
	    "[" PODMAN("11", "gone", "b:1") "]");
	put("podman/overlay-containers/" ID "/userdata/config.json", "{}");
	put("podman/overlay/l/merged/x", "");
	put("vfs/vfs-containers/containers.json", "[" PODMAN(ID, "v", "v:1") "]");
	put("crio/overlay-containers/containers.json",
	    "[" CRIO(ID, "") "," CRIO("22", ",\\\"pod\\\":true") "]");
	put("broken/overlay-containers/containers.json", "[{\"id\":\"" ID "\",\"names\":[");
	put("odd/overlay-containers/containers.json",
	    "[{\"id\":\"" ID "\",\"names\":[],\"metadata\":\"\"}]");
	put("wrong/overlay-containers/containers.json",
	    "[{\"id\":\"" ID "\",\"names\":[\"w\"],\"metadata\":\"{\"}]");
	return 0;
}

static int remove_stores(void **state)
{
	(void)state;
	return remove_tree(base);
}

static struct fault fault;

static int facts_of(struct oci_facts *facts, const char *id, const char *bundle, const char *config)
{
	struct input input = { (char *)config, strlen(config) };
	struct oci_config parsed;
	int error;

	if (oci_config_read(&input, &parsed, &fault))
		fail_msg("%s: %s", config, fault.text);
	error = bundle ? oci_facts_of_bundle(facts, id, bundle, &parsed, &fault)
		       : oci_facts_of_config(facts, &parsed, &fault);
	oci_config_free(&parsed);
	return error;
}

/* "name image annotations image_annotations" */
static void are(const char *id, const char *bundle, const char *config, const char *wanted)
{
	char got[8192];
	struct oci_facts facts;

	if (facts_of(&facts, id, bundle, config))
		fail_msg("%s: %s", bundle, fault.text);
	snprintf(got, sizeof(got), "%s %s %s %s", facts.name, facts.image,
		 json_object_to_json_string_ext(facts.annotations, JSON_C_TO_STRING_PLAIN),
		 json_object_to_json_string_ext(facts.image_annotations, JSON_C_TO_STRING_PLAIN));
	assert_string_equal(got, wanted);
	oci_facts_free(&facts);
}

#define ANY "{\"annotations\":{\"a\":\"b\"}}"

static void asks_the_store_of_podman(void **state)
{
	(void)state;
	are(ID, at("podman/overlay-containers/" ID "/userdata"), ANY,
	    "web docker.io/library/nginx:1 {} {\"a\":\"b\"}");
	are("11", at("podman/overlay-containers/11/userdata"), ANY, "gone b:1 {} {\"a\":\"b\"}");
	are(ID, at("vfs/vfs-containers/" ID "/userdata"), ANY, "v v:1 {} {\"a\":\"b\"}");
	are("33", at("podman/overlay-containers/33/userdata"), ANY, "33  {} {\"a\":\"b\"}");
	are(ID, at("odd/overlay-containers/" ID "/userdata"), ANY, ID "  {} {\"a\":\"b\"}");
	are(ID, at("none/overlay-containers/" ID "/userdata"), "{}", ID "  {} {}");
}

/* An id in a text there begins with a quote that has a backslash: nothing is found there. */
static void finds_no_entry_in_a_text(void **state)
{
	static const char list[] =
		"[{\"id\":\"ff\",\"metadata\":\"{\\\"id\\\":\\\"" ID
		"\\\",\\\"names\\\":[]}\",\"x\":\"}{\\\\\"},"
		"{\"id\":\"" ID "0\"},{\"id\":\"" ID "\",\"names\":[\"n}\\\"}\"]}]";
	struct json_object *entry;

	(void)state;
	assert_int_equal(store_find_in(list, strlen(list), ID, &entry), 0);
	assert_non_null(json_object_object_get(entry, "names"));
	json_object_put(entry);
	assert_int_equal(store_find_in(list, strlen(list), "ff", &entry), 0);
	assert_null(json_object_object_get(entry, "names"));
	json_object_put(entry);
	assert_int_equal(store_find_in(list, strlen(list), "f", &entry), -ENOENT);
	assert_int_equal(store_find_in(list, strlen(list), "ff\",\"", &entry), -ENOENT);
	for (size_t length = 0; length < strlen(list) - 1; length++) {
		int r = store_find_in(list, length, ID, &entry);

		assert_true(r == -ENOENT || r == -EBADMSG);
	}
}

static void fails_where_the_store_is_broken(void **state)
{
	static const char *const stores[] = { "broken", "wrong" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct oci_facts facts;
		char bundle[PATH_MAX];

		snprintf(bundle, sizeof(bundle), "%s/%s/overlay-containers/" ID "/userdata", base,
			 stores[i]);
		assert_int_equal(facts_of(&facts, ID, bundle, "{}"), -EBADMSG);
		oci_facts_free(&facts);
	}
}

/* CRI-O's bundle is in its run root; the store is that of the container's root. */
static void asks_the_store_of_crio(void **state)
{
	char config[1024];

	(void)state;
	snprintf(config, sizeof(config),
		 "{\"root\":{\"path\":\"%s/crio/overlay/l/merged\"},\"annotations\":{"
		 "\"io.kubernetes.container.name\":\"web\",\"io.kubernetes.pod.name\":\"p\","
		 "\"io.kubernetes.cri.container-name\":\"x\",\"a\":\"b\"}}",
		 base);
	are(ID, at("run/overlay-containers/" ID "/userdata"), config,
	    "web quay.io/web:1 {\"io.kubernetes.container.name\":\"web\","
	    "\"io.kubernetes.pod.name\":\"p\"} {\"io.kubernetes.cri.container-name\":\"x\","
	    "\"a\":\"b\"}");
	are("22", at("run/overlay-containers/22/userdata"), config,
	    "k8s_web_p_ns_u_0 quay.io/web:1 {\"io.kubernetes.pod.name\":\"p\"} "
	    "{\"io.kubernetes.container.name\":\"web\",\"io.kubernetes.cri.container-name\":\"x\","
	    "\"a\":\"b\"}");
}

#define CRI                                                                                        \
	"\"io.kubernetes.cri.container-name\":\"web\",\"io.kubernetes.cri.image-name\":\"i:1\","   \
	"\"io.kubernetes.cri.sandbox-name\":\"p\",\"io.kubernetes.pod.name\":\"forged\""

static void trusts_containerd(void **state)
{
	(void)state;
	are(ID, "/run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID,
	    "{\"annotations\":{\"io.kubernetes.cri.container-type\":\"container\"," CRI "}}",
	    "web i:1 {\"io.kubernetes.cri.container-type\":\"container\","
	    "\"io.kubernetes.cri.container-name\":\"web\",\"io.kubernetes.container.name\":\"web\","
	    "\"io.kubernetes.cri.image-name\":\"i:1\",\"io.kubernetes.cri.sandbox-name\":\"p\","
	    "\"io.kubernetes.pod.name\":\"p\"} {\"io.kubernetes.pod.name\":\"forged\"}");
	are(ID, "/run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID,
	    "{\"annotations\":{\"io.kubernetes.cri.container-type\":\"sandbox\"," CRI "}}",
	    ID "  {\"io.kubernetes.cri.container-type\":\"sandbox\","
	       "\"io.kubernetes.cri.sandbox-name\":\"p\",\"io.kubernetes.pod.name\":\"p\"} "
	       "{\"io.kubernetes.cri.container-name\":\"web\",\"io.kubernetes.cri.image-name\":"
	       "\"i:1\",\"io.kubernetes.pod.name\":\"forged\"}");
}

/* As the author of an image: whatever he writes stays with what he wrote. */
static void trusts_no_image(void **state)
{
	static const char *const bundles[] = {
		"/run/containerd/io.containerd.runtime.v2.task/moby/" ID,
		"/run/containerd/io.containerd.runtime.v2.task/k8s.io/x" ID,
		"/run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID "/x",
		"/x/overlay-containers/" ID "/userdata/x",
		"/x/overlay-containers/x/userdata",
		"/x/-containers/" ID "/userdata",
		"/bundle",
		NULL, /* podman's own */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		const char *bundle =
			bundles[i] ? bundles[i] : at("podman/overlay-containers/" ID "/userdata");
		struct oci_facts facts;

		assert_int_equal(facts_of(&facts, ID, bundle,
					  "{\"annotations\":{\"io.container.manager\":\"cri-o\","
					  "\"io.kubernetes.cri.container-type\":\"container\","
					  "\"io.kubernetes.container.name\":\"admin\","
					  "\"io.kubernetes.cri-o.ContainerName\":\"admin\"," CRI
					  "}}"),
				 0);
		if (json_object_object_length(facts.annotations) ||
		    strcmp(facts.name, bundles[i] ? ID : "web"))
			fail_msg("%s", bundle);
		assert_int_equal(json_object_object_length(facts.image_annotations), 8);
		oci_facts_free(&facts);
	}
}

static void leaves_out_what_selects_nothing(void **state)
{
	char config[16384], *end = config;

	(void)state;
	end += sprintf(end, "{\"annotations\":{\"\":\"x\",\"a=b\":\"c\",\"nul\":\"a\\u0000b\","
			    "\"n\":1,\"o\":{},\"z\":null,\"fits\":\"");
	memset(end, 'f', FACT_ANNOTATION_MAX - 5);
	end += FACT_ANNOTATION_MAX - 5;
	end += sprintf(end, "\",\"large\":\"");
	memset(end, 'l', FACT_ANNOTATION_MAX - 5);
	end += FACT_ANNOTATION_MAX - 5;
	strcpy(end, "\"}}");
	for (int i = 0; i < 2; i++) {
		struct oci_facts facts;

		assert_int_equal(facts_of(&facts, ID, "/b", config), 0);
		assert_int_equal(json_object_object_length(facts.image_annotations), 1);
		assert_true(json_object_object_get_ex(facts.image_annotations, "fits", NULL));
		oci_facts_free(&facts);
	}
}

static void has_a_limit(void **state)
{
	char *config = malloc(64 << 10), *end = config;
	struct oci_facts facts;

	(void)state;
	end += sprintf(end, "{\"annotations\":{\"x\":\"y\"");
	for (int i = 0; end < config + FACT_ANNOTATIONS_MAX; i++)
		end += sprintf(end, ",\"a%d\":\"................................\"", i);
	strcpy(end, "}}");
	assert_int_equal(facts_of(&facts, ID, "/b", config), -E2BIG);
	assert_non_null(strstr(fault.text, "annotations"));
	oci_facts_free(&facts);
	free(config);
}

static void knows_before_there_is_a_bundle(void **state)
{
	char config[1024];

	(void)state;
	snprintf(config, sizeof(config),
		 "{\"root\":{\"path\":\"%s/podman/overlay/l/merged\"},\"linux\":{\"cgroupsPath\":"
		 "\"machine.slice:libpod:" ID "\"},\"annotations\":{\"a\":\"b\"}}",
		 base);
	are(NULL, NULL, config, "web docker.io/library/nginx:1 {} {\"a\":\"b\"}");
	are(NULL, NULL,
	    "{\"root\":{\"path\":\"/\"},\"linux\":{\"cgroupsPath\":\"/x/libpod-" ID "\"}}",
	    ID "  {} {}");
	are(NULL, NULL, "{}", "  {} {}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_the_store_of_podman),
		cmocka_unit_test(finds_no_entry_in_a_text),
		cmocka_unit_test(fails_where_the_store_is_broken),
		cmocka_unit_test(asks_the_store_of_crio),
		cmocka_unit_test(trusts_containerd),
		cmocka_unit_test(trusts_no_image),
		cmocka_unit_test(leaves_out_what_selects_nothing),
		cmocka_unit_test(has_a_limit),
		cmocka_unit_test(knows_before_there_is_a_bundle),
	};

	return cmocka_run_group_tests(tests, make_stores, remove_stores);
}
