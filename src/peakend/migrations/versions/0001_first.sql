CREATE TABLE alert (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	rule_id UUID NOT NULL, 
	queue_id UUID NOT NULL, 
	measure TEXT NOT NULL, 
	value FLOAT NOT NULL, 
	threshold FLOAT NOT NULL, 
	raised_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	acknowledged_by UUID, 
	acknowledged_at TIMESTAMP WITH TIME ZONE, 
	cleared_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_alert PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE approval_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	from_fen BIGINT DEFAULT '0' NOT NULL, 
	place INTEGER DEFAULT '0' NOT NULL, 
	by TEXT NOT NULL, 
	permission TEXT DEFAULT '' NOT NULL, 
	built_in TEXT, 
	role_id UUID, 
	team_id UUID, 
	member_ids UUID[] DEFAULT '{}' NOT NULL, 
	minutes INTEGER NOT NULL, 
	"then" TEXT NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_approval_rule PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE audit_checkpoint (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	place BIGINT NOT NULL, 
	entry_xid BIGINT NOT NULL, 
	entry_id UUID NOT NULL, 
	digest BYTEA NOT NULL, 
	mac BYTEA NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_audit_checkpoint PRIMARY KEY (organisation_id, place)
)
-- next
CREATE TABLE audit_entry (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	actor_kind TEXT NOT NULL, 
	actor_id UUID, 
	action TEXT NOT NULL, 
	subject_type TEXT NOT NULL, 
	subject_id UUID, 
	detail JSONB NOT NULL, 
	xid BIGINT DEFAULT (pg_current_xact_id()::text::bigint) NOT NULL, 
	CONSTRAINT pk_audit_entry PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE audit_seal (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	place BIGINT NOT NULL, 
	entry_xid BIGINT NOT NULL, 
	entry_id UUID NOT NULL, 
	digest BYTEA NOT NULL, 
	mac BYTEA NOT NULL, 
	CONSTRAINT pk_audit_seal PRIMARY KEY (organisation_id, place)
)
-- next
CREATE TABLE automatic_mail (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	mailbox_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	contact TEXT NOT NULL, 
	domain TEXT DEFAULT '' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_automatic_mail PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE brand (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	slug TEXT NOT NULL, 
	colour TEXT NOT NULL, 
	position INTEGER DEFAULT 0 NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_brand PRIMARY KEY (organisation_id, id)
)
-- next
CREATE UNLOGGED TABLE browsing (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	channel_id UUID NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	referrer TEXT NOT NULL, 
	came_before BOOLEAN NOT NULL, 
	signed_in BOOLEAN NOT NULL, 
	pages INTEGER DEFAULT '1' NOT NULL, 
	trail JSONB NOT NULL, 
	first_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE, 
	refused_at TIMESTAMP WITH TIME ZONE, 
	customer_id UUID, 
	CONSTRAINT pk_browsing PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE business_hours (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	time_zone TEXT NOT NULL, 
	week JSONB NOT NULL, 
	holidays JSONB DEFAULT '[]' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_business_hours PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE care_rules (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	kind TEXT NOT NULL, 
	rules JSONB NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_care_rules PRIMARY KEY (organisation_id, kind)
)
-- next
CREATE TABLE case_number (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	kind TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	CONSTRAINT pk_case_number PRIMARY KEY (organisation_id, kind)
)
-- next
CREATE TABLE case_template (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name_zh TEXT NOT NULL, 
	name_en TEXT DEFAULT '' NOT NULL, 
	active BOOLEAN DEFAULT true NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	steps JSONB NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_case_template PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE checklist (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	away_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_checklist PRIMARY KEY (organisation_id)
)
-- next
CREATE TABLE complaint_rules (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	kind TEXT NOT NULL, 
	rules JSONB NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_complaint_rules PRIMARY KEY (organisation_id, kind)
)
-- next
CREATE TABLE contact_reason_version (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	version INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	member_id UUID, 
	CONSTRAINT pk_contact_reason_version PRIMARY KEY (organisation_id, version)
)
-- next
CREATE TABLE context_link (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	"of" TEXT NOT NULL, 
	name_zh TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	url TEXT NOT NULL, 
	variables JSONB DEFAULT '[]' NOT NULL, 
	height INTEGER DEFAULT 320 NOT NULL, 
	position INTEGER DEFAULT 0 NOT NULL, 
	secret BYTEA NOT NULL, 
	old_secret BYTEA, 
	old_until TIMESTAMP WITH TIME ZONE, 
	archived_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_context_link PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE conversation_number (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	kind TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	CONSTRAINT pk_conversation_number PRIMARY KEY (organisation_id, kind)
)
-- next
CREATE TABLE cron (
	name TEXT NOT NULL, 
	next_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_cron PRIMARY KEY (name)
)
-- next
CREATE TABLE customer (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	folded TEXT NOT NULL, 
	tier TEXT DEFAULT 'standard' NOT NULL, 
	language TEXT DEFAULT 'zh-CN' NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	attributes JSONB DEFAULT '[]' NOT NULL, 
	preferences JSONB DEFAULT '{}' NOT NULL, 
	known BOOLEAN DEFAULT false NOT NULL, 
	verified BOOLEAN DEFAULT false NOT NULL, 
	merged_into_id UUID, 
	erased_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_customer PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE event (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	type TEXT NOT NULL, 
	version SMALLINT DEFAULT '1' NOT NULL, 
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	xid xid8 DEFAULT pg_current_xact_id() NOT NULL, 
	subject UUID, 
	conversation_id UUID, 
	leg_id UUID, 
	case_id UUID, 
	customer_id UUID, 
	agent_id UUID, 
	channel TEXT, 
	queue_id UUID, 
	actor TEXT NOT NULL, 
	caused_by UUID, 
	payload JSONB NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE field_sight (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	rules JSONB NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_field_sight PRIMARY KEY (organisation_id)
)
-- next
CREATE TABLE file (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	sha256 TEXT NOT NULL, 
	thumb_sha256 TEXT, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	mime TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	width INTEGER, 
	height INTEGER, 
	purpose TEXT NOT NULL, 
	public BOOLEAN DEFAULT 'false' NOT NULL, 
	withdrawn BOOLEAN DEFAULT 'false' NOT NULL, 
	owner TEXT NOT NULL, 
	owner_id UUID, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_file PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE file_gone (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	sha256 TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_file_gone PRIMARY KEY (organisation_id, sha256)
)
-- next
CREATE TABLE file_scan (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	sha256 TEXT NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	finding TEXT DEFAULT '' NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	released BOOLEAN DEFAULT 'false' NOT NULL, 
	attempt SMALLINT DEFAULT '0' NOT NULL, 
	next_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	since_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	failing_since TIMESTAMP WITH TIME ZONE, 
	done_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_file_scan PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE hold_out (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	complaint_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	table_id UUID NOT NULL, 
	scheme_id UUID NOT NULL, 
	share DOUBLE PRECISION NOT NULL, 
	held BOOLEAN NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_hold_out PRIMARY KEY (organisation_id, complaint_id)
)
-- next
CREATE TABLE import_mapping (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	kind TEXT NOT NULL, 
	heads TEXT NOT NULL, 
	mapping JSONB NOT NULL, 
	CONSTRAINT pk_import_mapping PRIMARY KEY (organisation_id, kind, heads)
)
-- next
CREATE TABLE job (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	fact_id UUID, 
	args JSONB DEFAULT '{}' NOT NULL, 
	run_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	priority SMALLINT DEFAULT '5' NOT NULL, 
	alone BOOLEAN DEFAULT 'false' NOT NULL, 
	unique_key TEXT, 
	attempt SMALLINT DEFAULT '0' NOT NULL, 
	worker TEXT, 
	state TEXT DEFAULT 'ready' NOT NULL, 
	last_error TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_job PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE knowledge_revision (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	revision INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_knowledge_revision PRIMARY KEY (organisation_id)
)
-- next
CREATE TABLE legal_hold (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	subject TEXT NOT NULL, 
	subject_id UUID NOT NULL, 
	code TEXT NOT NULL, 
	placed_by UUID, 
	placed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	lifted_by UUID, 
	lifted_at TIMESTAMP WITH TIME ZONE, 
	standing BOOLEAN DEFAULT 'true' NOT NULL, 
	CONSTRAINT pk_legal_hold PRIMARY KEY (organisation_id, id)
)
-- next
CREATE UNLOGGED TABLE live_socket (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	process TEXT NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_live_socket PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mailbox_code (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	visitor_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	conversation_id UUID, 
	address_sealed BYTEA NOT NULL, 
	code_digest BYTEA NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_mailbox_code PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE member (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	login TEXT NOT NULL, 
	language TEXT DEFAULT 'zh-CN' NOT NULL, 
	role TEXT NOT NULL, 
	built_in TEXT, 
	capacity SMALLINT NOT NULL, 
	active BOOLEAN DEFAULT true NOT NULL, 
	avatar_file_id UUID, 
	preferences JSONB DEFAULT '{}' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_member PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE message_mail (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	message_id UUID NOT NULL, 
	direction TEXT NOT NULL, 
	header_digest TEXT NOT NULL, 
	received_id UUID, 
	mail_id UUID, 
	CONSTRAINT pk_message_mail PRIMARY KEY (organisation_id, message_id)
)
-- next
CREATE TABLE metric_interval (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	interval_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	queue_id UUID NOT NULL, 
	entered INTEGER DEFAULT '0' NOT NULL, 
	answered INTEGER DEFAULT '0' NOT NULL, 
	answered_within INTEGER DEFAULT '0' NOT NULL, 
	abandoned INTEGER DEFAULT '0' NOT NULL, 
	abandoned_within INTEGER DEFAULT '0' NOT NULL, 
	abandoned_short INTEGER DEFAULT '0' NOT NULL, 
	answered_wait_ms BIGINT DEFAULT '0' NOT NULL, 
	ended INTEGER DEFAULT '0' NOT NULL, 
	ended_digital INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_metric_interval PRIMARY KEY (organisation_id, interval_at, queue_id)
)
-- next
CREATE TABLE metric_part (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	fact_id UUID NOT NULL, 
	interval_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	queue_id UUID NOT NULL, 
	merged BOOLEAN DEFAULT 'false' NOT NULL, 
	entered INTEGER DEFAULT '0' NOT NULL, 
	answered INTEGER DEFAULT '0' NOT NULL, 
	answered_within INTEGER DEFAULT '0' NOT NULL, 
	abandoned INTEGER DEFAULT '0' NOT NULL, 
	abandoned_within INTEGER DEFAULT '0' NOT NULL, 
	abandoned_short INTEGER DEFAULT '0' NOT NULL, 
	answered_wait_ms BIGINT DEFAULT '0' NOT NULL, 
	ended INTEGER DEFAULT '0' NOT NULL, 
	ended_digital INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_metric_part PRIMARY KEY (organisation_id, fact_id)
)
-- next
CREATE TABLE object_type (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name_zh TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	attached TEXT NOT NULL, 
	position INTEGER DEFAULT 0 NOT NULL, 
	archived_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_object_type PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE organisation (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	name TEXT NOT NULL, 
	language TEXT DEFAULT 'zh-CN' NOT NULL, 
	time_zone TEXT DEFAULT 'Asia/Shanghai' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_organisation PRIMARY KEY (organisation_id)
)
-- next
CREATE TABLE passkey_challenge (
	challenge_hash BYTEA NOT NULL, 
	purpose TEXT NOT NULL, 
	subject_id UUID, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_passkey_challenge PRIMARY KEY (challenge_hash)
)
-- next
CREATE TABLE playbook (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT, 
	steps JSONB DEFAULT '[]' NOT NULL, 
	statements JSONB DEFAULT '[]' NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_playbook PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE policy_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	limit_fen BIGINT, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_policy_rule PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE profile_field (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	"of" TEXT NOT NULL, 
	type_id UUID, 
	key TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	label_zh TEXT NOT NULL, 
	label_en TEXT NOT NULL, 
	help_zh TEXT DEFAULT '' NOT NULL, 
	help_en TEXT DEFAULT '' NOT NULL, 
	privacy TEXT NOT NULL, 
	mask TEXT DEFAULT 'auto' NOT NULL, 
	required BOOLEAN DEFAULT false NOT NULL, 
	options JSONB DEFAULT '[]' NOT NULL, 
	pattern TEXT DEFAULT '' NOT NULL, 
	least FLOAT, 
	most FLOAT, 
	position INTEGER DEFAULT 0 NOT NULL, 
	seen_by TEXT[], 
	changed_by TEXT[], 
	archived_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_profile_field PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE proposal (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	body JSONB NOT NULL, 
	reason TEXT NOT NULL, 
	proposed_by UUID NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	decided_by UUID, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_proposal PRIMARY KEY (organisation_id, id)
)
-- next
CREATE UNLOGGED TABLE rate_limit (
	key TEXT NOT NULL, 
	tokens DOUBLE PRECISION NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_rate_limit PRIMARY KEY (key)
)
-- next
CREATE TABLE repeat_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	kind TEXT NOT NULL, 
	within_d SMALLINT NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_repeat_rule PRIMARY KEY (organisation_id, kind)
)
-- next
CREATE TABLE retention_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	category TEXT NOT NULL, 
	days INTEGER, 
	version INTEGER DEFAULT '1' NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_retention_rule PRIMARY KEY (organisation_id, category)
)
-- next
CREATE TABLE retention_run (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	finished_at TIMESTAMP WITH TIME ZONE, 
	"left" JSONB NOT NULL, 
	removed JSONB DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_retention_run PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE role (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	template TEXT NOT NULL, 
	permissions TEXT[] NOT NULL, 
	sight TEXT NOT NULL, 
	brand_ids UUID[] NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_role PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE sample_thing (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	sample_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	thing_id UUID NOT NULL, 
	marks TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_sample_thing PRIMARY KEY (organisation_id, thing_id)
)
-- next
CREATE TABLE set_up_token (
	token_hash BYTEA NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	another BOOLEAN DEFAULT 'false' NOT NULL, 
	CONSTRAINT pk_set_up_token PRIMARY KEY (token_hash)
)
-- next
CREATE TABLE sign_in_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	password_least SMALLINT NOT NULL, 
	second_step_roles TEXT[] NOT NULL, 
	networks TEXT[] NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_sign_in_rule PRIMARY KEY (organisation_id)
)
-- next
CREATE TABLE skill (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	authority BOOLEAN DEFAULT 'false' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_skill PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE sla_policy (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	position INTEGER DEFAULT '0' NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	channels TEXT[] DEFAULT '{}' NOT NULL, 
	queue_ids UUID[] DEFAULT '{}' NOT NULL, 
	brand_ids UUID[] DEFAULT '{}' NOT NULL, 
	tiers TEXT[] DEFAULT '{}' NOT NULL, 
	reason_ids UUID[] DEFAULT '{}' NOT NULL, 
	first_reply_s INTEGER, 
	next_reply_s INTEGER, 
	resolve_s INTEGER, 
	round_the_clock BOOLEAN DEFAULT 'false' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_sla_policy PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE sso_provider (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	issuer TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	by_email BOOLEAN NOT NULL, 
	sso_only BOOLEAN NOT NULL, 
	scope TEXT DEFAULT '' NOT NULL, 
	claim TEXT DEFAULT '' NOT NULL, 
	grants JSONB DEFAULT '[]' NOT NULL, 
	unmapped TEXT DEFAULT 'agent' NOT NULL, 
	ceiling JSONB DEFAULT '{}' NOT NULL, 
	sign_out BOOLEAN DEFAULT false NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_sso_provider PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE sso_secret (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	secret_sealed BYTEA NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_sso_secret PRIMARY KEY (organisation_id)
)
-- next
CREATE TABLE tag (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	colour TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_tag PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE team (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_team PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE two_person_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	active BOOLEAN NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_two_person_rule PRIMARY KEY (organisation_id)
)
-- next
CREATE TABLE voucher_connection (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	adapter TEXT NOT NULL, 
	url TEXT NOT NULL, 
	secret_sealed BYTEA NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_voucher_connection PRIMARY KEY (organisation_id, adapter)
)
-- next
CREATE TABLE access_package (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	identity TEXT NOT NULL, 
	language TEXT NOT NULL, 
	asked_by UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT NOT NULL, 
	"left" JSONB NOT NULL, 
	place BIGINT DEFAULT '0' NOT NULL, 
	done INTEGER DEFAULT '0' NOT NULL, 
	total INTEGER NOT NULL, 
	rows INTEGER DEFAULT '0' NOT NULL, 
	files INTEGER DEFAULT '0' NOT NULL, 
	size BIGINT DEFAULT '0' NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_access_package PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE api_key (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	token_hash BYTEA NOT NULL, 
	ending TEXT NOT NULL, 
	scopes TEXT[] NOT NULL, 
	networks TEXT[] NOT NULL, 
	per_minute INTEGER NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	last_used_at TIMESTAMP WITH TIME ZONE, 
	last_address TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_api_key PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE approval_delegate (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	from_id UUID NOT NULL, 
	to_id UUID NOT NULL, 
	kinds TEXT[] DEFAULT '{}' NOT NULL, 
	from_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_approval_delegate PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE approval_request (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	subject_id UUID NOT NULL, 
	words TEXT NOT NULL, 
	amount_fen BIGINT, 
	currency TEXT, 
	case_id UUID, 
	conversation_id UUID, 
	customer_id UUID, 
	brand_id UUID, 
	asked_by UUID, 
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	rule_id UUID, 
	from_fen BIGINT NOT NULL, 
	place INTEGER NOT NULL, 
	who JSONB NOT NULL, 
	"then" TEXT NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	times INTEGER DEFAULT '0' NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	decided_by UUID, 
	decided_for UUID, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	answer TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_approval_request PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE archive_run (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	reason TEXT NOT NULL, 
	state TEXT NOT NULL, 
	total BIGINT DEFAULT '0' NOT NULL, 
	done BIGINT DEFAULT '0' NOT NULL, 
	size BIGINT DEFAULT '0' NOT NULL, 
	missing INTEGER DEFAULT '0' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	beat_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	lock_recipient TEXT DEFAULT '' NOT NULL, 
	lock_key TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_archive_run PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE article_category (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	slug TEXT NOT NULL, 
	name_zh TEXT NOT NULL, 
	name_en TEXT DEFAULT '' NOT NULL, 
	position INTEGER DEFAULT '0' NOT NULL, 
	brand_id UUID, 
	CONSTRAINT pk_article_category PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE brand_domain (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	host TEXT NOT NULL, 
	serves TEXT NOT NULL, 
	token TEXT NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	proof TEXT DEFAULT '' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	checked_at TIMESTAMP WITH TIME ZONE, 
	verified_at TIMESTAMP WITH TIME ZONE, 
	missing_since TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_brand_domain PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE brand_look (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	brand_id UUID NOT NULL, 
	logo_file_id UUID, 
	icon_file_id UUID, 
	footer_zh TEXT DEFAULT '' NOT NULL, 
	footer_en TEXT DEFAULT '' NOT NULL, 
	links JSONB DEFAULT '[]' NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_brand_look PRIMARY KEY (organisation_id, brand_id)
)
-- next
CREATE TABLE budget (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID, 
	month DATE NOT NULL, 
	currency TEXT NOT NULL, 
	amount_fen BIGINT NOT NULL, 
	hard BOOLEAN NOT NULL, 
	changed_by UUID, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_budget PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE bulk_run (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	what TEXT NOT NULL, 
	args JSONB NOT NULL, 
	filter JSONB, 
	cursor TEXT, 
	rights TEXT[] NOT NULL, 
	state TEXT NOT NULL, 
	total INTEGER DEFAULT '0' NOT NULL, 
	done INTEGER DEFAULT '0' NOT NULL, 
	left_out INTEGER DEFAULT '0' NOT NULL, 
	put_back INTEGER DEFAULT '0' NOT NULL, 
	kept INTEGER DEFAULT '0' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	finished_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_bulk_run PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE canned_reply (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	shortcut TEXT NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	card JSONB, 
	scope TEXT NOT NULL, 
	team_id UUID, 
	member_id UUID, 
	language TEXT NOT NULL, 
	typed TEXT NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_canned_reply PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE case_due_times (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID, 
	normal_minutes INTEGER NOT NULL, 
	high_minutes INTEGER NOT NULL, 
	urgent_minutes INTEGER NOT NULL, 
	warn_percent SMALLINT NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_case_due_times PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_case_due_times_order CHECK (urgent_minutes <= high_minutes AND high_minutes <= normal_minutes)
)
-- next
CREATE TABLE case_template_reason (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	reason_id UUID NOT NULL, 
	template_id UUID NOT NULL, 
	CONSTRAINT pk_case_template_reason PRIMARY KEY (organisation_id, reason_id)
)
-- next
CREATE TABLE case_template_version (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	template_id UUID NOT NULL, 
	version INTEGER NOT NULL, 
	steps JSONB NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	by UUID, 
	CONSTRAINT pk_case_template_version PRIMARY KEY (organisation_id, template_id, version)
)
-- next
CREATE TABLE channel (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT DEFAULT 'web' NOT NULL, 
	name TEXT NOT NULL, 
	key TEXT NOT NULL, 
	brand_id UUID, 
	queue_id UUID, 
	look JSONB DEFAULT '{}' NOT NULL, 
	domains TEXT[] DEFAULT '{}' NOT NULL, 
	hours_id UUID, 
	identity_required BOOLEAN DEFAULT 'false' NOT NULL, 
	identity_secret BYTEA, 
	digital BOOLEAN DEFAULT 'true' NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	mailbox_id UUID, 
	CONSTRAINT pk_channel PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE company (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	folded TEXT NOT NULL, 
	tier TEXT DEFAULT 'standard' NOT NULL, 
	owner_id UUID, 
	note TEXT DEFAULT '' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	archived_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_company PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE compensation_grant (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	once_key TEXT NOT NULL, 
	customer_id UUID NOT NULL, 
	conversation_id UUID, 
	case_id UUID, 
	complaint_id UUID, 
	brand_id UUID, 
	scheme_id UUID, 
	scheme_version INTEGER, 
	instrument_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	adapter TEXT NOT NULL, 
	valid_d INTEGER, 
	amount BIGINT NOT NULL, 
	unit TEXT NOT NULL, 
	cost_fen BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	month DATE NOT NULL, 
	state TEXT NOT NULL, 
	off_scheme_reason TEXT DEFAULT '' NOT NULL, 
	reason_code TEXT DEFAULT '' NOT NULL, 
	automatic BOOLEAN DEFAULT 'false' NOT NULL, 
	by_id UUID, 
	approved_by UUID, 
	request_id UUID, 
	message_id UUID, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	offered_at TIMESTAMP WITH TIME ZONE, 
	lapses_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	granted_at TIMESTAMP WITH TIME ZONE, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	refused_words TEXT DEFAULT '' NOT NULL, 
	voucher_sealed BYTEA, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_compensation_grant PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE contact_reason (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	version INTEGER NOT NULL, 
	id UUID NOT NULL, 
	parent_id UUID, 
	name_zh TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	CONSTRAINT pk_contact_reason PRIMARY KEY (organisation_id, version, id)
)
-- next
CREATE TABLE conversation_view (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	team_id UUID, 
	member_id UUID, 
	filter JSONB NOT NULL, 
	ordering TEXT NOT NULL, 
	columns TEXT[] NOT NULL, 
	field_ids UUID[] DEFAULT '{}' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_conversation_view PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE credential (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	login_key TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	active BOOLEAN DEFAULT true NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_credential PRIMARY KEY (organisation_id, member_id)
)
-- next
CREATE TABLE crisis (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	drill BOOLEAN DEFAULT 'false' NOT NULL, 
	title TEXT NOT NULL, 
	summary TEXT DEFAULT '' NOT NULL, 
	brand_id UUID, 
	reason_id UUID, 
	fault TEXT, 
	case_id UUID, 
	complaint_id UUID, 
	customer_id UUID, 
	owner_id UUID NOT NULL, 
	speaker_ids UUID[] DEFAULT '{}' NOT NULL, 
	reader_ids UUID[] DEFAULT '{}' NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	opened_by UUID, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	closed_by UUID, 
	happened TEXT DEFAULT '' NOT NULL, 
	cause TEXT DEFAULT '' NOT NULL, 
	worked TEXT DEFAULT '' NOT NULL, 
	changes TEXT DEFAULT '' NOT NULL, 
	improvement_id UUID, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_crisis PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE customer_apart (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	one_id UUID NOT NULL, 
	other_id UUID NOT NULL, 
	by_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_customer_apart PRIMARY KEY (organisation_id, one_id, other_id)
)
-- next
CREATE TABLE customer_gram (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	gram TEXT NOT NULL, 
	customer_id UUID NOT NULL, 
	CONSTRAINT pk_customer_gram PRIMARY KEY (organisation_id, gram, customer_id)
)
-- next
CREATE TABLE customer_merge (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	survivor_id UUID NOT NULL, 
	absorbed_id UUID NOT NULL, 
	by_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	undone_at TIMESTAMP WITH TIME ZONE, 
	moved JSONB NOT NULL, 
	before JSONB NOT NULL, 
	after JSONB NOT NULL, 
	CONSTRAINT pk_customer_merge PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE customer_note (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	author_id UUID, 
	text TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_customer_note PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE department (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name_zh TEXT NOT NULL, 
	name_en TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	language TEXT DEFAULT 'zh-CN' NOT NULL, 
	hours_id UUID, 
	duty TEXT DEFAULT 'everybody' NOT NULL, 
	last_id UUID, 
	active BOOLEAN DEFAULT true NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_department PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_department_duty CHECK (duty IN ('everybody','in_turn','present'))
)
-- next
CREATE TABLE directory_entry (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	name_zh TEXT NOT NULL, 
	name_en TEXT DEFAULT '' NOT NULL, 
	typed TEXT NOT NULL, 
	owner_id UUID, 
	competence TEXT DEFAULT '' NOT NULL, 
	competence_en TEXT DEFAULT '' NOT NULL, 
	reason_ids UUID[] DEFAULT '{}' NOT NULL, 
	power TEXT DEFAULT '' NOT NULL, 
	power_en TEXT DEFAULT '' NOT NULL, 
	limit_fen BIGINT, 
	hours_id UUID, 
	hours_text TEXT DEFAULT '' NOT NULL, 
	hours_text_en TEXT DEFAULT '' NOT NULL, 
	target_kind TEXT, 
	target_id UUID, 
	phone TEXT DEFAULT '' NOT NULL, 
	mail TEXT DEFAULT '' NOT NULL, 
	link TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	note_en TEXT DEFAULT '' NOT NULL, 
	term_d INTEGER DEFAULT '90' NOT NULL, 
	verified_at TIMESTAMP WITH TIME ZONE, 
	verified_by UUID, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	told TEXT, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_directory_entry PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_directory_entry_target CHECK ((target_kind IS NULL) = (target_id IS NULL))
)
-- next
CREATE TABLE erasure (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	identity TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	asked_by UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT NOT NULL, 
	rounds INTEGER DEFAULT '0' NOT NULL, 
	removed JSONB DEFAULT '{}' NOT NULL, 
	conversations INTEGER NOT NULL, 
	cleared INTEGER DEFAULT '0' NOT NULL, 
	files INTEGER DEFAULT '0' NOT NULL, 
	bytes_gone INTEGER DEFAULT '0' NOT NULL, 
	finished_at TIMESTAMP WITH TIME ZONE, 
	repeated_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_erasure PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE export_run (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	form TEXT NOT NULL, 
	search TEXT NOT NULL, 
	private BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	rights TEXT[] NOT NULL, 
	columns JSONB NOT NULL, 
	state TEXT NOT NULL, 
	cursor TEXT, 
	place BIGINT DEFAULT '0' NOT NULL, 
	rows INTEGER DEFAULT '0' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_export_run PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE grant_authority (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	subject TEXT NOT NULL, 
	role TEXT, 
	member_id UUID, 
	per_grant_fen BIGINT, 
	per_case_fen BIGINT, 
	per_day_fen BIGINT, 
	per_month_fen BIGINT, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_grant_authority PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_grant_authority_subject CHECK ((subject = 'role') = (role IS NOT NULL) AND (subject = 'member') = (member_id IS NOT NULL))
)
-- next
CREATE TABLE identity (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	value BYTEA NOT NULL, 
	blind BYTEA NOT NULL, 
	verified BOOLEAN DEFAULT false NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE import_run (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	file_id UUID NOT NULL, 
	pack_file_id UUID, 
	encoding TEXT NOT NULL, 
	delimiter TEXT NOT NULL, 
	heads JSONB NOT NULL, 
	shown JSONB NOT NULL, 
	rows INTEGER NOT NULL, 
	mapping JSONB NOT NULL, 
	rule TEXT NOT NULL, 
	match TEXT NOT NULL, 
	rights TEXT[] NOT NULL, 
	state TEXT NOT NULL, 
	place BIGINT DEFAULT '0' NOT NULL, 
	done INTEGER DEFAULT '0' NOT NULL, 
	"new" INTEGER DEFAULT '0' NOT NULL, 
	changed INTEGER DEFAULT '0' NOT NULL, 
	same INTEGER DEFAULT '0' NOT NULL, 
	wrong INTEGER DEFAULT '0' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	finished_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_import_run PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE improvement (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	title TEXT NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	reason_id UUID, 
	brand_id UUID, 
	complaint_id UUID, 
	policy_id UUID, 
	owner_id UUID, 
	due_on DATE, 
	state TEXT DEFAULT 'open' NOT NULL, 
	before_from DATE NOT NULL, 
	before_until DATE NOT NULL, 
	after_from DATE, 
	after_until DATE, 
	effect TEXT, 
	check_words TEXT DEFAULT '' NOT NULL, 
	made_by UUID, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	checked_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_improvement PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE instrument (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID, 
	kind TEXT NOT NULL, 
	name_zh TEXT NOT NULL, 
	name_en TEXT DEFAULT '' NOT NULL, 
	unit TEXT NOT NULL, 
	face_fen BIGINT NOT NULL, 
	stock INTEGER, 
	valid_d INTEGER, 
	adapter TEXT DEFAULT 'ledger_only' NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_instrument PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE invitation (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	token_hash BYTEA NOT NULL, 
	login TEXT NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT, 
	role_ids UUID[] DEFAULT '{}' NOT NULL, 
	capacity SMALLINT NOT NULL, 
	team_ids UUID[] NOT NULL, 
	queue_ids UUID[] NOT NULL, 
	skill_ids UUID[] NOT NULL, 
	member_id UUID, 
	invited_by UUID, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_invitation PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE ledger_account (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID, 
	month DATE NOT NULL, 
	currency TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	balance_fen BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_ledger_account PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE macro (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	shortcut TEXT NOT NULL, 
	title TEXT NOT NULL, 
	typed TEXT NOT NULL, 
	language TEXT NOT NULL, 
	steps JSONB NOT NULL, 
	scope TEXT NOT NULL, 
	team_id UUID, 
	member_id UUID, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_macro PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	about UUID NOT NULL, 
	customer_id UUID, 
	to_email TEXT NOT NULL, 
	to_name TEXT DEFAULT '' NOT NULL, 
	language TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	content_sealed BYTEA, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	since_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT NOT NULL, 
	attempt SMALLINT DEFAULT '0' NOT NULL, 
	uncertain SMALLINT DEFAULT '0' NOT NULL, 
	next_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	code TEXT DEFAULT '' NOT NULL, 
	status SMALLINT, 
	said TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_mail PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail_app (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	provider TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	secret_sealed BYTEA NOT NULL, 
	member_id UUID, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_mail_app PRIMARY KEY (organisation_id, provider)
)
-- next
CREATE TABLE mail_block (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID, 
	kind TEXT NOT NULL, 
	pattern TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	member_id UUID, 
	conversation_id UUID, 
	customer_id UUID, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_mail_block PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail_key (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	domain TEXT NOT NULL, 
	selector TEXT NOT NULL, 
	pem_sealed BYTEA NOT NULL, 
	record TEXT NOT NULL, 
	active BOOLEAN DEFAULT 'false' NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	found_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_mail_key PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail_person (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	email TEXT NOT NULL, 
	member_id UUID, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_mail_person PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail_screening (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	brand_id UUID NOT NULL, 
	believes BOOLEAN DEFAULT 'false' NOT NULL, 
	CONSTRAINT pk_mail_screening PRIMARY KEY (organisation_id, brand_id)
)
-- next
CREATE TABLE mail_server (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	host TEXT NOT NULL, 
	port INTEGER NOT NULL, 
	tls TEXT NOT NULL, 
	auth TEXT DEFAULT 'password' NOT NULL, 
	login TEXT DEFAULT '' NOT NULL, 
	password_sealed BYTEA, 
	sender_email TEXT NOT NULL, 
	sender_name_zh TEXT NOT NULL, 
	sender_name_en TEXT NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	failing_since TIMESTAMP WITH TIME ZONE, 
	rests_until TIMESTAMP WITH TIME ZONE, 
	last_good_at TIMESTAMP WITH TIME ZONE, 
	code TEXT DEFAULT '' NOT NULL, 
	status SMALLINT, 
	said TEXT DEFAULT '' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_mail_server PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail_signature (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	brand_id UUID NOT NULL, 
	language TEXT NOT NULL, 
	body TEXT NOT NULL, 
	member_id UUID, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_mail_signature PRIMARY KEY (organisation_id, brand_id, language)
)
-- next
CREATE TABLE mail_switch (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	name TEXT NOT NULL, 
	member_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_mail_switch PRIMARY KEY (organisation_id, name)
)
-- next
CREATE TABLE mail_template (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	brand_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	language TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	body TEXT NOT NULL, 
	member_id UUID, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_mail_template PRIMARY KEY (organisation_id, brand_id, kind, language)
)
-- next
CREATE TABLE mailbox (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT NOT NULL, 
	way TEXT DEFAULT 'imap' NOT NULL, 
	host TEXT NOT NULL, 
	port INTEGER NOT NULL, 
	tls TEXT NOT NULL, 
	auth TEXT DEFAULT 'password' NOT NULL, 
	login TEXT NOT NULL, 
	password_sealed BYTEA, 
	folder TEXT NOT NULL, 
	backlog BOOLEAN DEFAULT 'true' NOT NULL, 
	plus BOOLEAN, 
	acknowledges BOOLEAN DEFAULT 'false' NOT NULL, 
	trusted_servers JSONB DEFAULT '[]' NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	attempt BIGINT DEFAULT '0' NOT NULL, 
	next_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	failing_since TIMESTAMP WITH TIME ZONE, 
	last_good_at TIMESTAMP WITH TIME ZONE, 
	code TEXT DEFAULT '' NOT NULL, 
	said TEXT DEFAULT '' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_mailbox PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE member_role (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	role_id UUID NOT NULL, 
	CONSTRAINT pk_member_role PRIMARY KEY (organisation_id, member_id, role_id)
)
-- next
CREATE TABLE member_signature (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	language TEXT NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_member_signature PRIMARY KEY (organisation_id, member_id, language)
)
-- next
CREATE TABLE member_skill (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	skill_id UUID NOT NULL, 
	CONSTRAINT pk_member_skill PRIMARY KEY (organisation_id, member_id, skill_id)
)
-- next
CREATE TABLE mention (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	message_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	read_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_mention PRIMARY KEY (organisation_id, member_id, message_id)
)
-- next
CREATE TABLE message_scan (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	scan_id UUID NOT NULL, 
	message_id UUID NOT NULL, 
	CONSTRAINT pk_message_scan PRIMARY KEY (organisation_id, scan_id, message_id)
)
-- next
CREATE TABLE page_view (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	visitor_id UUID NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_page_view PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE passkey (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	credential_id BYTEA NOT NULL, 
	public_key BYTEA NOT NULL, 
	sign_count BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	transports TEXT[] NOT NULL, 
	verifies BOOLEAN NOT NULL, 
	backed_up BOOLEAN NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_used_at TIMESTAMP WITH TIME ZONE, 
	suspect_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_passkey PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE pending_sign_in (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	token_hash BYTEA NOT NULL, 
	step TEXT NOT NULL, 
	way TEXT DEFAULT 'password' NOT NULL, 
	tries SMALLINT DEFAULT 0 NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_pending_sign_in PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE policy_exception (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	policy_id UUID NOT NULL, 
	customer_id UUID, 
	conversation_id UUID, 
	case_id UUID, 
	brand_id UUID, 
	reason TEXT NOT NULL, 
	cost_fen BIGINT NOT NULL, 
	currency TEXT DEFAULT 'CNY' NOT NULL, 
	limit_fen BIGINT, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	request_id UUID, 
	asked_by UUID NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	settled_at TIMESTAMP WITH TIME ZONE, 
	answer TEXT DEFAULT '' NOT NULL, 
	real_fen BIGINT, 
	saved_fen BIGINT, 
	outcome TEXT, 
	outcome_words TEXT DEFAULT '' NOT NULL, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	closed_by UUID, 
	CONSTRAINT pk_policy_exception PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE presence (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	state TEXT DEFAULT 'offline' NOT NULL, 
	reason TEXT, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	idle_since TIMESTAMP WITH TIME ZONE NOT NULL, 
	missing_since TIMESTAMP WITH TIME ZONE, 
	stays BOOLEAN DEFAULT 'false' NOT NULL, 
	misses INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_presence PRIMARY KEY (organisation_id, member_id), 
	CONSTRAINT ck_presence_state CHECK (state IN ('ready', 'wrap_up', 'break', 'offline'))
)
-- next
CREATE TABLE profile_reveal (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	owner_id UUID NOT NULL, 
	field_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	reason TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_profile_reveal PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE profile_value (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	owner_id UUID NOT NULL, 
	field_id UUID NOT NULL, 
	text TEXT, 
	number FLOAT, 
	day DATE, 
	flag BOOLEAN, 
	sealed BYTEA, 
	version INTEGER DEFAULT 1 NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_profile_value PRIMARY KEY (organisation_id, owner_id, field_id), 
	CONSTRAINT ck_profile_value_one CHECK (num_nonnulls(text, number, day, flag, sealed) <= 1)
)
-- next
CREATE TABLE queue (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	brand_id UUID, 
	open BOOLEAN DEFAULT 'true' NOT NULL, 
	skills UUID[] DEFAULT '{}' NOT NULL, 
	hours_id UUID, 
	target_s INTEGER DEFAULT '20' NOT NULL, 
	priority INTEGER DEFAULT '0' NOT NULL, 
	offer_s INTEGER DEFAULT '20' NOT NULL, 
	transfer_limit_s INTEGER DEFAULT '180' NOT NULL, 
	promise_s INTEGER DEFAULT '7200' NOT NULL, 
	silent_limit_s INTEGER DEFAULT '1800' NOT NULL, 
	wrap_up_s INTEGER DEFAULT '0' NOT NULL, 
	position INTEGER DEFAULT '0' NOT NULL, 
	relax_after_s INTEGER, 
	overflow_after_s INTEGER, 
	overflow_over INTEGER, 
	overflow_queue_id UUID, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_queue PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE received_mail (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	mailbox_id UUID NOT NULL, 
	digest TEXT NOT NULL, 
	state TEXT NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	automatic BOOLEAN NOT NULL, 
	automatic_by TEXT DEFAULT '' NOT NULL, 
	whole BOOLEAN NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	customer_id UUID, 
	message_id TEXT DEFAULT '' NOT NULL, 
	second BOOLEAN DEFAULT 'false' NOT NULL, 
	from_email TEXT DEFAULT '' NOT NULL, 
	from_name TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	size BIGINT NOT NULL, 
	file_id UUID, 
	CONSTRAINT pk_received_mail PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE recovery_code (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	code_hash BYTEA NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_recovery_code PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE reveal (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	field TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_reveal PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE rich_template (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	content JSONB NOT NULL, 
	scope TEXT NOT NULL, 
	team_id UUID, 
	member_id UUID, 
	typed TEXT NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_rich_template PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE scheme_table (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID, 
	version INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	hold_out_share DOUBLE PRECISION DEFAULT '0' NOT NULL, 
	made_by UUID, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	published_by UUID, 
	proposed_by UUID, 
	published_at TIMESTAMP WITH TIME ZONE, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	edit INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_scheme_table PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE second_step (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	secret BYTEA NOT NULL, 
	used_step BIGINT DEFAULT 0 NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	confirmed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_second_step PRIMARY KEY (organisation_id, member_id)
)
-- next
CREATE TABLE session (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	token_hash BYTEA NOT NULL, 
	role TEXT NOT NULL, 
	browser TEXT DEFAULT 'other' NOT NULL, 
	system TEXT DEFAULT 'other' NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	way TEXT DEFAULT 'password' NOT NULL, 
	second TEXT DEFAULT '' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	proved_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_session PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE sso_attempt (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	state_hash BYTEA NOT NULL, 
	browser_hash BYTEA NOT NULL, 
	secrets_sealed BYTEA NOT NULL, 
	issuer TEXT NOT NULL, 
	member_id UUID, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_sso_attempt PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE sso_link (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	issuer TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_used_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_sso_link PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE team_member (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	team_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	CONSTRAINT pk_team_member PRIMARY KEY (organisation_id, team_id, member_id)
)
-- next
CREATE TABLE visitor (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	channel_id UUID NOT NULL, 
	token_hash BYTEA NOT NULL, 
	language TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	proven BOOLEAN DEFAULT false NOT NULL, 
	CONSTRAINT pk_visitor PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE webhook (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	url TEXT NOT NULL, 
	kinds TEXT[] NOT NULL, 
	state TEXT NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	secret_sealed BYTEA NOT NULL, 
	old_secret_sealed BYTEA, 
	old_until TIMESTAMP WITH TIME ZONE, 
	cursor_xid BIGINT NOT NULL, 
	cursor_id UUID NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	failing_since TIMESTAMP WITH TIME ZONE, 
	rests_until TIMESTAMP WITH TIME ZONE, 
	last_good_at TIMESTAMP WITH TIME ZONE, 
	member_id UUID, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_webhook PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE alert_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	measure TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	queue_id UUID, 
	raise_at FLOAT NOT NULL, 
	clear_at FLOAT NOT NULL, 
	hold_s INTEGER NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_alert_rule PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE article (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	slug TEXT NOT NULL, 
	category_id UUID, 
	brand_id UUID, 
	audience TEXT NOT NULL, 
	state TEXT DEFAULT 'draft' NOT NULL, 
	language TEXT DEFAULT 'zh-CN' NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT DEFAULT '' NOT NULL, 
	questions TEXT[] DEFAULT '{}' NOT NULL, 
	picture_ids UUID[] DEFAULT '{}' NOT NULL, 
	video_id UUID, 
	position INTEGER DEFAULT '0' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	published_version INTEGER, 
	published_edit INTEGER, 
	helpful INTEGER DEFAULT '0' NOT NULL, 
	unhelpful INTEGER DEFAULT '0' NOT NULL, 
	author_id UUID, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	published_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_article PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE assist_topic (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	category_id UUID NOT NULL, 
	queue_id UUID NOT NULL, 
	CONSTRAINT pk_assist_topic PRIMARY KEY (organisation_id, category_id)
)
-- next
CREATE TABLE channel_sight (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	channel_id UUID NOT NULL, 
	host TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_channel_sight PRIMARY KEY (organisation_id, channel_id)
)
-- next
CREATE TABLE chat_invitation (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	channel_id UUID NOT NULL, 
	tab_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	client_id UUID NOT NULL, 
	state TEXT DEFAULT 'sent' NOT NULL, 
	text TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	conversation_id UUID, 
	CONSTRAINT pk_chat_invitation PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE company_customer (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	company_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	main BOOLEAN DEFAULT false NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_company_customer PRIMARY KEY (organisation_id, company_id, customer_id)
)
-- next
CREATE TABLE company_domain (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	domain TEXT NOT NULL, 
	company_id UUID NOT NULL, 
	CONSTRAINT pk_company_domain PRIMARY KEY (organisation_id, domain)
)
-- next
CREATE TABLE company_gram (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	gram TEXT NOT NULL, 
	company_id UUID NOT NULL, 
	CONSTRAINT pk_company_gram PRIMARY KEY (organisation_id, gram, company_id)
)
-- next
CREATE TABLE conversation (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	number BIGINT NOT NULL, 
	channel_id UUID NOT NULL, 
	channel_kind TEXT NOT NULL, 
	customer_id UUID NOT NULL, 
	brand_id UUID, 
	queue_id UUID, 
	agent_id UUID, 
	last_agent_id UUID, 
	leg_id UUID, 
	state TEXT NOT NULL, 
	language TEXT NOT NULL, 
	last_seq INTEGER DEFAULT '0' NOT NULL, 
	preview TEXT DEFAULT '' NOT NULL, 
	preview_kind TEXT DEFAULT 'customer' NOT NULL, 
	last_message_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_message_minute TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS (date_bin('1 minute', last_message_at, timestamptz '2000-01-01 00:00Z')) STORED NOT NULL, 
	unread INTEGER DEFAULT '0' NOT NULL, 
	awaiting_since TIMESTAMP WITH TIME ZONE, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	first_reply_at TIMESTAMP WITH TIME ZONE, 
	last_wait_ms BIGINT, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	closed_from TEXT, 
	solved BOOLEAN, 
	reason_id UUID, 
	reason_version INTEGER, 
	rating SMALLINT, 
	customer_read_seq INTEGER DEFAULT '0' NOT NULL, 
	customer_delivered_seq INTEGER DEFAULT '0' NOT NULL, 
	agent_read_seq INTEGER DEFAULT '0' NOT NULL, 
	priority TEXT DEFAULT 'normal' NOT NULL, 
	snoozed_until TIMESTAMP WITH TIME ZONE, 
	woken_at TIMESTAMP WITH TIME ZONE, 
	woken_until TIMESTAMP WITH TIME ZONE, 
	marked_unread BOOLEAN DEFAULT 'false' NOT NULL, 
	left_word BOOLEAN DEFAULT 'false' NOT NULL, 
	beside BOOLEAN DEFAULT 'false' NOT NULL, 
	merged_into_id UUID, 
	cleared_at TIMESTAMP WITH TIME ZONE, 
	cleared_why TEXT, 
	layout INTEGER DEFAULT '0' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	recent_client_ids UUID[] DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_conversation PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE conversation_view_place (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	view_id UUID NOT NULL, 
	position SMALLINT NOT NULL, 
	CONSTRAINT pk_conversation_view_place PRIMARY KEY (organisation_id, member_id, view_id)
)
-- next
CREATE TABLE crisis_entry (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	crisis_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	answer_by TIMESTAMP WITH TIME ZONE, 
	answer TEXT DEFAULT '' NOT NULL, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	answered_by UUID, 
	added_by UUID, 
	added_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_crisis_entry PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE crisis_link (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	crisis_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	target_id UUID NOT NULL, 
	case_id UUID, 
	conversation_id UUID, 
	customer_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	by UUID, 
	CONSTRAINT pk_crisis_link PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE crisis_statement (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	crisis_id UUID NOT NULL, 
	title TEXT NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	state TEXT DEFAULT 'draft' NOT NULL, 
	drafted_by UUID, 
	drafted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	request_id UUID, 
	asked_by UUID, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	decided_by UUID, 
	answer TEXT DEFAULT '' NOT NULL, 
	published_at TIMESTAMP WITH TIME ZONE, 
	published_where TEXT DEFAULT '' NOT NULL, 
	published_by UUID, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_crisis_statement PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE crisis_step (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	crisis_id UUID NOT NULL, 
	playbook_id UUID, 
	place INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	role TEXT DEFAULT '' NOT NULL, 
	laid_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	done_by UUID, 
	note TEXT DEFAULT '' NOT NULL, 
	told BOOLEAN DEFAULT 'false' NOT NULL, 
	CONSTRAINT pk_crisis_step PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE department_member (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	department_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	hours_id UUID, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_department_member PRIMARY KEY (organisation_id, department_id, member_id)
)
-- next
CREATE TABLE directory_check (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	entry_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	member_id UUID, 
	what TEXT NOT NULL, 
	CONSTRAINT pk_directory_check PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE import_fault (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	run_id UUID NOT NULL, 
	number INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	column_key TEXT NOT NULL, 
	why TEXT NOT NULL, 
	params JSONB NOT NULL, 
	cells JSONB NOT NULL, 
	CONSTRAINT pk_import_fault PRIMARY KEY (organisation_id, run_id, number)
)
-- next
CREATE TABLE import_key (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	run_id UUID NOT NULL, 
	digest BYTEA NOT NULL, 
	line INTEGER NOT NULL, 
	CONSTRAINT pk_import_key PRIMARY KEY (organisation_id, run_id, digest)
)
-- next
CREATE TABLE kept_object (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	type_id UUID NOT NULL, 
	customer_id UUID, 
	company_id UUID, 
	title TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_kept_object PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_kept_object_owner CHECK (num_nonnulls(customer_id, company_id) = 1)
)
-- next
CREATE TABLE known_gap (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	title TEXT NOT NULL, 
	workaround TEXT NOT NULL, 
	customer_words TEXT DEFAULT '' NOT NULL, 
	reason_id UUID NOT NULL, 
	brand_id UUID, 
	improvement_id UUID, 
	until_on DATE, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	made_by UUID, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_known_gap PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE ledger_line (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	entry_id UUID NOT NULL, 
	account_id UUID NOT NULL, 
	grant_id UUID NOT NULL, 
	what TEXT NOT NULL, 
	amount_fen BIGINT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_ledger_line PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail_access (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID NOT NULL, 
	mailbox_id UUID, 
	server_id UUID, 
	provider TEXT NOT NULL, 
	account TEXT NOT NULL, 
	member_id UUID, 
	granted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	refresh_sealed BYTEA NOT NULL, 
	token_sealed BYTEA NOT NULL, 
	token_ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	renewing_until TIMESTAMP WITH TIME ZONE, 
	code TEXT DEFAULT '' NOT NULL, 
	said TEXT DEFAULT '' NOT NULL, 
	failed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_mail_access PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mail_departure (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	state_hash BYTEA NOT NULL, 
	session_id UUID NOT NULL, 
	mailbox_id UUID, 
	server_id UUID, 
	provider TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	redirect TEXT NOT NULL, 
	verifier_sealed BYTEA NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_mail_departure PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE mailbox_place (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	mailbox_id UUID NOT NULL, 
	folder TEXT NOT NULL, 
	validity BIGINT NOT NULL, 
	seen_uid BIGINT NOT NULL, 
	todo JSONB NOT NULL, 
	stuck_uid BIGINT DEFAULT '0' NOT NULL, 
	stuck SMALLINT DEFAULT '0' NOT NULL, 
	unmarked JSONB DEFAULT '[]' NOT NULL, 
	CONSTRAINT pk_mailbox_place PRIMARY KEY (organisation_id, mailbox_id, folder)
)
-- next
CREATE TABLE queue_member (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	queue_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	CONSTRAINT pk_queue_member PRIMARY KEY (organisation_id, queue_id, member_id)
)
-- next
CREATE TABLE queue_team (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	queue_id UUID NOT NULL, 
	team_id UUID NOT NULL, 
	CONSTRAINT pk_queue_team PRIMARY KEY (organisation_id, queue_id, team_id)
)
-- next
CREATE TABLE received_content (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	received_id UUID NOT NULL, 
	to_line TEXT DEFAULT '' NOT NULL, 
	cc_line TEXT DEFAULT '' NOT NULL, 
	reply_to TEXT DEFAULT '' NOT NULL, 
	in_reply_to TEXT DEFAULT '' NOT NULL, 
	reference_ids JSONB DEFAULT '[]' NOT NULL, 
	recipients JSONB DEFAULT '[]' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	reply_text TEXT DEFAULT '' NOT NULL, 
	html TEXT DEFAULT '' NOT NULL, 
	has_remote BOOLEAN NOT NULL, 
	attachments JSONB DEFAULT '[]' NOT NULL, 
	reasons JSONB DEFAULT '[]' NOT NULL, 
	trust TEXT DEFAULT '' NOT NULL, 
	checks JSONB DEFAULT '{}' NOT NULL, 
	bounce JSONB, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_received_content PRIMARY KEY (organisation_id, received_id)
)
-- next
CREATE TABLE scheme (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	table_id UUID NOT NULL, 
	position SMALLINT NOT NULL, 
	liability TEXT NOT NULL, 
	severity SMALLINT, 
	reason_id UUID, 
	instrument_id UUID NOT NULL, 
	amount BIGINT NOT NULL, 
	cost_fen BIGINT NOT NULL, 
	words_zh TEXT DEFAULT '' NOT NULL, 
	words_en TEXT DEFAULT '' NOT NULL, 
	needs_approval BOOLEAN DEFAULT 'false' NOT NULL, 
	CONSTRAINT pk_scheme PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_scheme_amount CHECK (amount > 0), 
	CONSTRAINT ck_scheme_severity CHECK (severity BETWEEN 1 AND 4)
)
-- next
CREATE TABLE sso_sitting (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	session_id UUID, 
	pending_id UUID, 
	issuer TEXT NOT NULL, 
	token_sealed BYTEA NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_sso_sitting PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE voucher_order (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	grant_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	attempt SMALLINT DEFAULT '0' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	next_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	code TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_voucher_order PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE wait_rule (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	brand_id UUID, 
	queue_id UUID, 
	channel TEXT, 
	promise_s INTEGER NOT NULL, 
	instrument_id UUID NOT NULL, 
	steps JSONB NOT NULL, 
	for_left BOOLEAN DEFAULT 'true' NOT NULL, 
	most_a_day INTEGER, 
	most_a_month INTEGER, 
	day_fen BIGINT, 
	active BOOLEAN DEFAULT 'false' NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	changed_by UUID, 
	started_at TIMESTAMP WITH TIME ZONE, 
	started_by UUID, 
	proposed_by UUID, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_wait_rule PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE webhook_delivery (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	webhook_id UUID NOT NULL, 
	fact_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT NOT NULL, 
	attempt SMALLINT DEFAULT '0' NOT NULL, 
	next_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	status SMALLINT, 
	code TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_webhook_delivery PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE alert_watch (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	rule_id UUID NOT NULL, 
	queue_id UUID NOT NULL, 
	turning_since TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_alert_watch PRIMARY KEY (organisation_id, rule_id, queue_id)
)
-- next
CREATE TABLE article_passage (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	article_id UUID NOT NULL, 
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	vector BYTEA, 
	embedder TEXT DEFAULT '' NOT NULL, 
	brand_id UUID, 
	audience TEXT NOT NULL, 
	CONSTRAINT pk_article_passage PRIMARY KEY (organisation_id, article_id, position)
)
-- next
CREATE TABLE article_version (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	article_id UUID NOT NULL, 
	version INTEGER NOT NULL, 
	category_id UUID, 
	brand_id UUID, 
	audience TEXT NOT NULL, 
	language TEXT NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	questions TEXT[] NOT NULL, 
	picture_ids UUID[] DEFAULT '{}' NOT NULL, 
	video_id UUID, 
	position INTEGER NOT NULL, 
	published_by UUID, 
	published_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_article_version PRIMARY KEY (organisation_id, article_id, version)
)
-- next
CREATE TABLE article_vote (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	article_id UUID NOT NULL, 
	voter BYTEA NOT NULL, 
	helpful BOOLEAN NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_article_vote PRIMARY KEY (organisation_id, article_id, voter)
)
-- next
CREATE TABLE assist_judgement (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	message_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	article_id UUID, 
	solved BOOLEAN NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_assist_judgement PRIMARY KEY (organisation_id, message_id)
)
-- next
CREATE TABLE assist_session (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	turns INTEGER DEFAULT '0' NOT NULL, 
	unknown INTEGER DEFAULT '0' NOT NULL, 
	unsolved INTEGER DEFAULT '0' NOT NULL, 
	seen_seq INTEGER DEFAULT '0' NOT NULL, 
	articles UUID[] DEFAULT '{}' NOT NULL, 
	category_id UUID, 
	handed_over_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_assist_session PRIMARY KEY (organisation_id, conversation_id)
)
-- next
CREATE TABLE bulk_item (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	run_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	version BIGINT NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	why TEXT, 
	params JSONB, 
	before JSONB, 
	after JSONB, 
	CONSTRAINT pk_bulk_item PRIMARY KEY (organisation_id, run_id, conversation_id)
)
-- next
CREATE TABLE conversation_due (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	target TEXT NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	warn_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_conversation_due PRIMARY KEY (organisation_id, conversation_id)
)
-- next
CREATE TABLE conversation_follower (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	why TEXT NOT NULL, 
	seen_seq INTEGER NOT NULL, 
	layout INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_conversation_follower PRIMARY KEY (organisation_id, member_id, conversation_id)
)
-- next
CREATE TABLE conversation_join (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	into_id UUID NOT NULL, 
	absorbed_id UUID NOT NULL, 
	by_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	undone_at TIMESTAMP WITH TIME ZONE, 
	moved UUID[] NOT NULL, 
	lines UUID[] NOT NULL, 
	followers UUID[] NOT NULL, 
	last_seq INTEGER NOT NULL, 
	before JSONB NOT NULL, 
	CONSTRAINT pk_conversation_join PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE conversation_link (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	one_id UUID NOT NULL, 
	other_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	by_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_conversation_link PRIMARY KEY (organisation_id, one_id, other_id)
)
-- next
CREATE TABLE conversation_mail (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	mailbox_id UUID NOT NULL, 
	subject TEXT NOT NULL, 
	CONSTRAINT pk_conversation_mail PRIMARY KEY (organisation_id, conversation_id)
)
-- next
CREATE TABLE conversation_moved (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	merge_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	beside BOOLEAN NOT NULL, 
	CONSTRAINT pk_conversation_moved PRIMARY KEY (organisation_id, merge_id, conversation_id)
)
-- next
CREATE TABLE conversation_pin (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	member_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_conversation_pin PRIMARY KEY (organisation_id, member_id, conversation_id)
)
-- next
CREATE TABLE conversation_tag (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	tag_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_conversation_tag PRIMARY KEY (organisation_id, conversation_id, tag_id)
)
-- next
CREATE TABLE draft (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	text TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	card JSONB, 
	mail JSONB, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_draft PRIMARY KEY (organisation_id, conversation_id, member_id, kind)
)
-- next
CREATE TABLE flaw_thanks (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	brand_id UUID, 
	improvement_id UUID, 
	words TEXT NOT NULL, 
	flaw TEXT NOT NULL, 
	message_id UUID, 
	by_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_flaw_thanks PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE help_offer (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	agent_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	article_id UUID, 
	outcome TEXT DEFAULT 'offered' NOT NULL, 
	offered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	followed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_help_offer PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE macro_run (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	macro_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_macro_run PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE message (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	seq INTEGER NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	author_kind TEXT NOT NULL, 
	author_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	client_id UUID, 
	files JSONB, 
	sources JSONB, 
	mentions UUID[], 
	code TEXT, 
	params JSONB, 
	article_id UUID, 
	origin_id UUID, 
	lexemes TSVECTOR, 
	reply_to UUID, 
	reactions JSONB, 
	recalled_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_message PRIMARY KEY (organisation_id, conversation_id, seq)
)
-- next
CREATE TABLE recalled_look (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	message_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	reason TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_recalled_look PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE recalled_message (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	message_id UUID NOT NULL, 
	text TEXT NOT NULL, 
	files JSONB, 
	recalled_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_recalled_message PRIMARY KEY (organisation_id, message_id)
)
-- next
CREATE TABLE reply_approval (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	writer_id UUID NOT NULL, 
	asked_id UUID, 
	required BOOLEAN NOT NULL, 
	own_team BOOLEAN DEFAULT false NOT NULL, 
	text TEXT NOT NULL, 
	files JSONB, 
	rich JSONB, 
	mail JSONB, 
	template_id UUID, 
	article_id UUID, 
	reply_to UUID, 
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	asked_seq INTEGER NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	late_at TIMESTAMP WITH TIME ZONE, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	decided_by UUID, 
	sent_text TEXT, 
	why TEXT, 
	message_id UUID, 
	taken_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_reply_approval PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE service_case (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	number BIGINT NOT NULL, 
	brand_id UUID, 
	customer_id UUID NOT NULL, 
	conversation_id UUID, 
	queue_id UUID, 
	channel TEXT, 
	reason_id UUID, 
	reason_version INTEGER, 
	title TEXT NOT NULL, 
	description TEXT DEFAULT '' NOT NULL, 
	priority TEXT DEFAULT 'normal' NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	owner_id UUID, 
	department_id UUID, 
	template_id UUID, 
	parent_id UUID, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	warn_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	paused_at TIMESTAMP WITH TIME ZONE, 
	warned_at TIMESTAMP WITH TIME ZONE, 
	overdue_at TIMESTAMP WITH TIME ZONE, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	opened_by UUID, 
	done_at TIMESTAMP WITH TIME ZONE, 
	informed_at TIMESTAMP WITH TIME ZONE, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	closed_how TEXT, 
	not_informed_why TEXT, 
	not_informed_reason TEXT DEFAULT '' NOT NULL, 
	urges INTEGER DEFAULT 0 NOT NULL, 
	last_urged_at TIMESTAMP WITH TIME ZONE, 
	repeats INTEGER DEFAULT 0 NOT NULL, 
	reopened INTEGER DEFAULT 0 NOT NULL, 
	spent_s INTEGER DEFAULT 0 NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	client_id UUID, 
	CONSTRAINT pk_service_case PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_service_case_told CHECK (state <> 'closed' OR (closed_at IS NOT NULL AND (closed_how = 'informed' AND informed_at IS NOT NULL OR closed_how = 'not_informed' AND not_informed_why IS NOT NULL))), 
	CONSTRAINT ck_service_case_parent CHECK (parent_id IS DISTINCT FROM id)
)
-- next
CREATE TABLE side_thread (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	opened_by UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_seq INTEGER DEFAULT '0' NOT NULL, 
	last_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	resolved_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_side_thread PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE sla_clock (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	policy_id UUID, 
	since TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_sla_clock PRIMARY KEY (organisation_id, conversation_id)
)
-- next
CREATE TABLE sla_mark (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_sla_mark PRIMARY KEY (organisation_id, conversation_id, kind, at)
)
-- next
CREATE TABLE statement_use (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	statement_id UUID NOT NULL, 
	no INTEGER NOT NULL, 
	place TEXT DEFAULT '' NOT NULL, 
	conversation_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	by UUID, 
	CONSTRAINT pk_statement_use PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE statement_version (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	statement_id UUID NOT NULL, 
	no INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	words TEXT NOT NULL, 
	outcome TEXT DEFAULT 'asked' NOT NULL, 
	asked_by UUID, 
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	decided_by UUID, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	answer TEXT DEFAULT '' NOT NULL, 
	withdrawn_at TIMESTAMP WITH TIME ZONE, 
	withdrawn_by UUID, 
	CONSTRAINT pk_statement_version PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE step_in (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	leg_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	source TEXT NOT NULL, 
	from_agent_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_step_in PRIMARY KEY (organisation_id, leg_id)
)
-- next
CREATE TABLE survey (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	agent_id UUID, 
	leg_id UUID, 
	queue_id UUID, 
	served_by TEXT NOT NULL, 
	language TEXT NOT NULL, 
	state TEXT DEFAULT 'invited' NOT NULL, 
	invited_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	rating SMALLINT, 
	solved BOOLEAN, 
	comment TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_survey PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE wait_record (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	leg_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	customer_id UUID, 
	brand_id UUID, 
	queue_id UUID, 
	channel TEXT NOT NULL, 
	entered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until_at TIMESTAMP WITH TIME ZONE, 
	outcome TEXT, 
	waited_s INTEGER, 
	agent_id UUID, 
	promised_s INTEGER, 
	rule_id UUID, 
	told_low_s INTEGER, 
	told_high_s INTEGER, 
	result TEXT, 
	settled_at TIMESTAMP WITH TIME ZONE, 
	amount INTEGER, 
	cost_fen BIGINT, 
	grant_id UUID, 
	proof_no INTEGER DEFAULT '0' NOT NULL, 
	proof_until TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_wait_record PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE watch (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	seen_version INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_watch PRIMARY KEY (organisation_id, conversation_id)
)
-- next
CREATE TABLE watch_signal (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	level SMALLINT NOT NULL, 
	times INTEGER NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	dismissed_at TIMESTAMP WITH TIME ZONE, 
	dismissed_by UUID, 
	dismissed_why TEXT, 
	dismissed_note TEXT, 
	CONSTRAINT pk_watch_signal PRIMARY KEY (organisation_id, conversation_id, kind)
)
-- next
CREATE TABLE webhook_attempt (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	delivery_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	lasted_ms INTEGER NOT NULL, 
	status SMALLINT, 
	code TEXT DEFAULT '' NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_webhook_attempt PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE work_item (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	queue_id UUID, 
	customer_id UUID, 
	state TEXT NOT NULL, 
	live BOOLEAN NOT NULL, 
	priority INTEGER DEFAULT '0' NOT NULL, 
	raised INTEGER DEFAULT '0' NOT NULL, 
	aside BOOLEAN DEFAULT 'false' NOT NULL, 
	target_s INTEGER DEFAULT '20' NOT NULL, 
	skills UUID[] DEFAULT '{}' NOT NULL, 
	last_agent_id UUID, 
	only_agent_id UUID, 
	only_team_id UUID, 
	tried JSONB DEFAULT '{}' NOT NULL, 
	entered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	offered_to UUID, 
	offered_at TIMESTAMP WITH TIME ZONE, 
	offer INTEGER DEFAULT '0' NOT NULL, 
	offer_last_agent BOOLEAN DEFAULT 'false' NOT NULL, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	agent_id UUID, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	outcome TEXT, 
	transferred_from UUID, 
	transfers INTEGER DEFAULT '0' NOT NULL, 
	return_to UUID, 
	return_by TIMESTAMP WITH TIME ZONE, 
	promised_at TIMESTAMP WITH TIME ZONE, 
	told_low_s INTEGER, 
	told_high_s INTEGER, 
	CONSTRAINT pk_work_item PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_work_item_state CHECK (state IN ('waiting', 'offered', 'serving', 'done', 'abandoned', 'returned')), 
	CONSTRAINT ck_work_item_offer CHECK ((state = 'offered') = (offered_to IS NOT NULL))
)
-- next
CREATE TABLE case_entry (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	words TEXT NOT NULL, 
	visible TEXT NOT NULL, 
	files JSONB DEFAULT '[]' NOT NULL, 
	by UUID, 
	by_kind TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	client_id UUID, 
	CONSTRAINT pk_case_entry PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE case_inform (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	conversation_id UUID, 
	message_id UUID, 
	words TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	by UUID, 
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_case_inform PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_case_inform_shown CHECK (channel <> 'message' OR message_id IS NOT NULL)
)
-- next
CREATE TABLE case_link (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	case_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	by UUID, 
	CONSTRAINT pk_case_link PRIMARY KEY (organisation_id, case_id, conversation_id)
)
-- next
CREATE TABLE case_party (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	case_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	why TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_case_party PRIMARY KEY (organisation_id, case_id, member_id)
)
-- next
CREATE TABLE case_step (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	template_id UUID, 
	template_version INTEGER, 
	key TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	title_zh TEXT NOT NULL, 
	title_en TEXT DEFAULT '' NOT NULL, 
	words_zh TEXT DEFAULT '' NOT NULL, 
	words_en TEXT DEFAULT '' NOT NULL, 
	who TEXT NOT NULL, 
	department_id UUID, 
	after TEXT[] DEFAULT '{}' NOT NULL, 
	due_minutes INTEGER NOT NULL, 
	checklist JSONB DEFAULT '[]' NOT NULL, 
	shows_customer BOOLEAN DEFAULT false NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	assigned_to UUID, 
	ready_at TIMESTAMP WITH TIME ZONE, 
	taken_at TIMESTAMP WITH TIME ZONE, 
	taken_by UUID, 
	due_at TIMESTAMP WITH TIME ZONE, 
	warn_at TIMESTAMP WITH TIME ZONE, 
	warned_at TIMESTAMP WITH TIME ZONE, 
	overdue_at TIMESTAMP WITH TIME ZONE, 
	over_at TIMESTAMP WITH TIME ZONE, 
	over_by UUID, 
	outcome TEXT DEFAULT '' NOT NULL, 
	returned INTEGER DEFAULT '0' NOT NULL, 
	told_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_case_step PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_case_step_state CHECK (state IN ('waiting','ready','taken','done','skipped','returned')), 
	CONSTRAINT ck_case_step_who CHECK (who <> 'department' OR department_id IS NOT NULL)
)
-- next
CREATE TABLE case_time (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	step_id UUID, 
	member_id UUID NOT NULL, 
	spent_s INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_case_time PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_case_time_spent CHECK (spent_s <> 0)
)
-- next
CREATE TABLE complaint (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	number BIGINT NOT NULL, 
	customer_id UUID NOT NULL, 
	conversation_id UUID, 
	brand_id UUID, 
	queue_id UUID, 
	reason_id UUID, 
	tier TEXT NOT NULL, 
	kind TEXT, 
	severity SMALLINT NOT NULL, 
	liability TEXT DEFAULT 'unknown' NOT NULL, 
	fault TEXT DEFAULT 'unknown' NOT NULL, 
	state TEXT DEFAULT 'filed' NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	suggested_tier TEXT NOT NULL, 
	suggested_kind TEXT, 
	why JSONB DEFAULT '[]' NOT NULL, 
	confirmed_by UUID, 
	confirmed_at TIMESTAMP WITH TIME ZONE, 
	about_member_id UUID, 
	owner_id UUID, 
	solution TEXT, 
	compensation_fen BIGINT DEFAULT '0' NOT NULL, 
	upheld BOOLEAN, 
	filed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	filed_by UUID, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	warn_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	warned_at TIMESTAMP WITH TIME ZONE, 
	overdue_at TIMESTAMP WITH TIME ZONE, 
	settled_at TIMESTAMP WITH TIME ZONE, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_complaint PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_complaint_tier CHECK (tier IN ('inquiry','business','ordinary','extreme')), 
	CONSTRAINT ck_complaint_kind CHECK (kind IN ('attitude','outcome','timeliness')), 
	CONSTRAINT ck_complaint_severity CHECK (severity BETWEEN 1 AND 4), 
	CONSTRAINT ck_complaint_owner CHECK (owner_id IS DISTINCT FROM about_member_id OR owner_id IS NULL), 
	CONSTRAINT ck_complaint_compensation CHECK (compensation_fen >= 0)
)
-- next
CREATE TABLE progress_link (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	language TEXT NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	made_by UUID, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	revoked_by UUID, 
	sent_at TIMESTAMP WITH TIME ZONE, 
	pictures SMALLINT DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_progress_link PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE promise (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	brand_id UUID, 
	customer_id UUID NOT NULL, 
	conversation_id UUID, 
	case_id UUID, 
	kind TEXT NOT NULL, 
	words TEXT NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	made_by UUID, 
	owner_id UUID, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	warn_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	warned_at TIMESTAMP WITH TIME ZONE, 
	broken_at TIMESTAMP WITH TIME ZONE, 
	settled_at TIMESTAMP WITH TIME ZONE, 
	settled_by UUID, 
	withdrawn_why TEXT, 
	moved INTEGER DEFAULT 0 NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	client_id UUID, 
	CONSTRAINT pk_promise PRIMARY KEY (organisation_id, id), 
	CONSTRAINT ck_promise_state CHECK (state IN ('open','kept','broken','withdrawn'))
)
-- next
CREATE TABLE repeat_denial (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	conversation_id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	by UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_repeat_denial PRIMARY KEY (organisation_id, conversation_id, case_id)
)
-- next
CREATE TABLE side_note (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	thread_id UUID NOT NULL, 
	seq INTEGER NOT NULL, 
	member_id UUID NOT NULL, 
	text TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	client_id UUID NOT NULL, 
	CONSTRAINT pk_side_note PRIMARY KEY (organisation_id, thread_id, seq)
)
-- next
CREATE TABLE side_seat (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	thread_id UUID NOT NULL, 
	member_id UUID NOT NULL, 
	read_seq INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_side_seat PRIMARY KEY (organisation_id, thread_id, member_id)
)
-- next
CREATE TABLE urge (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	conversation_id UUID, 
	message_id UUID, 
	by TEXT NOT NULL, 
	member_id UUID, 
	channel TEXT NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	rule TEXT, 
	said TEXT DEFAULT '' NOT NULL, 
	counted BOOLEAN NOT NULL, 
	times INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_urge PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE work_offer (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	leg_id UUID NOT NULL, 
	offer INTEGER NOT NULL, 
	agent_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	rule INTEGER DEFAULT '1' NOT NULL, 
	ring INTEGER DEFAULT '0' NOT NULL, 
	last_agent BOOLEAN DEFAULT 'false' NOT NULL, 
	place INTEGER DEFAULT '1' NOT NULL, 
	waiting INTEGER DEFAULT '1' NOT NULL, 
	candidates INTEGER DEFAULT '1' NOT NULL, 
	waited_s INTEGER NOT NULL, 
	agents JSONB NOT NULL, 
	CONSTRAINT pk_work_offer PRIMARY KEY (organisation_id, leg_id, offer)
)
-- next
CREATE TABLE case_guest (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	step_id UUID NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	company TEXT DEFAULT '' NOT NULL, 
	shows_customer BOOLEAN DEFAULT false NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	made_by UUID, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	opened_at TIMESTAMP WITH TIME ZONE, 
	used_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_case_guest PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE complaint_review (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	id UUID NOT NULL, 
	complaint_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	member_id UUID, 
	set_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	finding TEXT, 
	words TEXT DEFAULT '' NOT NULL, 
	reviewed_by UUID, 
	reviewed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_complaint_review PRIMARY KEY (organisation_id, id)
)
-- next
CREATE TABLE settlement_step (
	organisation_id UUID DEFAULT current_organisation() NOT NULL, 
	complaint_id UUID NOT NULL, 
	no INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	words TEXT NOT NULL, 
	solution TEXT, 
	compensation_fen BIGINT, 
	grant_id UUID, 
	with_id UUID, 
	by UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_settlement_step PRIMARY KEY (organisation_id, complaint_id, no)
)
-- next
ALTER TABLE customer ADD CONSTRAINT fk_customer_organisation_id_merged_into_id FOREIGN KEY (organisation_id, merged_into_id) REFERENCES customer (organisation_id, id)
-- next
ALTER TABLE access_package ADD CONSTRAINT fk_access_package_organisation_id_asked_by FOREIGN KEY (organisation_id, asked_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE access_package ADD CONSTRAINT fk_access_package_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE api_key ADD CONSTRAINT fk_api_key_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE approval_delegate ADD CONSTRAINT fk_approval_delegate_organisation_id_from_id FOREIGN KEY (organisation_id, from_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE approval_delegate ADD CONSTRAINT fk_approval_delegate_organisation_id_to_id FOREIGN KEY (organisation_id, to_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE approval_request ADD CONSTRAINT fk_approval_request_organisation_id_asked_by FOREIGN KEY (organisation_id, asked_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE approval_request ADD CONSTRAINT fk_approval_request_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE approval_request ADD CONSTRAINT fk_approval_request_organisation_id_decided_by FOREIGN KEY (organisation_id, decided_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE approval_request ADD CONSTRAINT fk_approval_request_organisation_id_decided_for FOREIGN KEY (organisation_id, decided_for) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE archive_run ADD CONSTRAINT fk_archive_run_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE article_category ADD CONSTRAINT fk_article_category_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE brand_domain ADD CONSTRAINT fk_brand_domain_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE brand_look ADD CONSTRAINT fk_brand_look_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE budget ADD CONSTRAINT fk_budget_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE bulk_run ADD CONSTRAINT fk_bulk_run_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE canned_reply ADD CONSTRAINT fk_canned_reply_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE canned_reply ADD CONSTRAINT fk_canned_reply_organisation_id_team_id FOREIGN KEY (organisation_id, team_id) REFERENCES team (organisation_id, id)
-- next
ALTER TABLE case_due_times ADD CONSTRAINT fk_case_due_times_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_template_reason ADD CONSTRAINT fk_case_template_reason_organisation_id_template_id FOREIGN KEY (organisation_id, template_id) REFERENCES case_template (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_template_version ADD CONSTRAINT fk_case_template_version_organisation_id_template_id FOREIGN KEY (organisation_id, template_id) REFERENCES case_template (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE channel ADD CONSTRAINT fk_channel_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE company ADD CONSTRAINT fk_company_organisation_id_owner_id FOREIGN KEY (organisation_id, owner_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE compensation_grant ADD CONSTRAINT fk_compensation_grant_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE contact_reason ADD CONSTRAINT fk_contact_reason_organisation_id_version FOREIGN KEY (organisation_id, version) REFERENCES contact_reason_version (organisation_id, version)
-- next
ALTER TABLE conversation_view ADD CONSTRAINT fk_conversation_view_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE conversation_view ADD CONSTRAINT fk_conversation_view_organisation_id_team_id FOREIGN KEY (organisation_id, team_id) REFERENCES team (organisation_id, id)
-- next
ALTER TABLE credential ADD CONSTRAINT fk_credential_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE crisis ADD CONSTRAINT fk_crisis_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE customer_apart ADD CONSTRAINT fk_customer_apart_organisation_id_by_id FOREIGN KEY (organisation_id, by_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE customer_apart ADD CONSTRAINT fk_customer_apart_organisation_id_one_id FOREIGN KEY (organisation_id, one_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE customer_apart ADD CONSTRAINT fk_customer_apart_organisation_id_other_id FOREIGN KEY (organisation_id, other_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE customer_gram ADD CONSTRAINT fk_customer_gram_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE customer_merge ADD CONSTRAINT fk_customer_merge_organisation_id_absorbed_id FOREIGN KEY (organisation_id, absorbed_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE customer_merge ADD CONSTRAINT fk_customer_merge_organisation_id_by_id FOREIGN KEY (organisation_id, by_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE customer_merge ADD CONSTRAINT fk_customer_merge_organisation_id_survivor_id FOREIGN KEY (organisation_id, survivor_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE customer_note ADD CONSTRAINT fk_customer_note_organisation_id_author_id FOREIGN KEY (organisation_id, author_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE customer_note ADD CONSTRAINT fk_customer_note_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE department ADD CONSTRAINT fk_department_organisation_id_hours_id FOREIGN KEY (organisation_id, hours_id) REFERENCES business_hours (organisation_id, id)
-- next
ALTER TABLE directory_entry ADD CONSTRAINT fk_directory_entry_organisation_id_hours_id FOREIGN KEY (organisation_id, hours_id) REFERENCES business_hours (organisation_id, id)
-- next
ALTER TABLE directory_entry ADD CONSTRAINT fk_directory_entry_organisation_id_owner_id FOREIGN KEY (organisation_id, owner_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE erasure ADD CONSTRAINT fk_erasure_organisation_id_asked_by FOREIGN KEY (organisation_id, asked_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE erasure ADD CONSTRAINT fk_erasure_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id)
-- next
ALTER TABLE export_run ADD CONSTRAINT fk_export_run_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE grant_authority ADD CONSTRAINT fk_grant_authority_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE identity ADD CONSTRAINT fk_identity_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE import_run ADD CONSTRAINT fk_import_run_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE improvement ADD CONSTRAINT fk_improvement_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE improvement ADD CONSTRAINT fk_improvement_organisation_id_owner_id FOREIGN KEY (organisation_id, owner_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE instrument ADD CONSTRAINT fk_instrument_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE invitation ADD CONSTRAINT fk_invitation_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE ledger_account ADD CONSTRAINT fk_ledger_account_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE macro ADD CONSTRAINT fk_macro_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE macro ADD CONSTRAINT fk_macro_organisation_id_team_id FOREIGN KEY (organisation_id, team_id) REFERENCES team (organisation_id, id)
-- next
ALTER TABLE mail ADD CONSTRAINT fk_mail_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_app ADD CONSTRAINT fk_mail_app_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE mail_block ADD CONSTRAINT fk_mail_block_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_block ADD CONSTRAINT fk_mail_block_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE mail_key ADD CONSTRAINT fk_mail_key_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_person ADD CONSTRAINT fk_mail_person_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_person ADD CONSTRAINT fk_mail_person_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE mail_screening ADD CONSTRAINT fk_mail_screening_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_server ADD CONSTRAINT fk_mail_server_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_signature ADD CONSTRAINT fk_mail_signature_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_signature ADD CONSTRAINT fk_mail_signature_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE mail_switch ADD CONSTRAINT fk_mail_switch_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE mail_template ADD CONSTRAINT fk_mail_template_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_template ADD CONSTRAINT fk_mail_template_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE mailbox ADD CONSTRAINT fk_mailbox_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE member_role ADD CONSTRAINT fk_member_role_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE member_role ADD CONSTRAINT fk_member_role_organisation_id_role_id FOREIGN KEY (organisation_id, role_id) REFERENCES role (organisation_id, id)
-- next
ALTER TABLE member_signature ADD CONSTRAINT fk_member_signature_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE member_skill ADD CONSTRAINT fk_member_skill_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE member_skill ADD CONSTRAINT fk_member_skill_organisation_id_skill_id FOREIGN KEY (organisation_id, skill_id) REFERENCES skill (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mention ADD CONSTRAINT fk_mention_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE message_scan ADD CONSTRAINT fk_message_scan_organisation_id_scan_id FOREIGN KEY (organisation_id, scan_id) REFERENCES file_scan (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE page_view ADD CONSTRAINT fk_page_view_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE passkey ADD CONSTRAINT fk_passkey_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE pending_sign_in ADD CONSTRAINT fk_pending_sign_in_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE policy_exception ADD CONSTRAINT fk_policy_exception_organisation_id_asked_by FOREIGN KEY (organisation_id, asked_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE policy_exception ADD CONSTRAINT fk_policy_exception_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE policy_exception ADD CONSTRAINT fk_policy_exception_organisation_id_policy_id FOREIGN KEY (organisation_id, policy_id) REFERENCES policy_rule (organisation_id, id)
-- next
ALTER TABLE presence ADD CONSTRAINT fk_presence_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE profile_reveal ADD CONSTRAINT fk_profile_reveal_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE profile_value ADD CONSTRAINT fk_profile_value_organisation_id_field_id FOREIGN KEY (organisation_id, field_id) REFERENCES profile_field (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE queue ADD CONSTRAINT fk_queue_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE queue ADD CONSTRAINT fk_queue_organisation_id_hours_id FOREIGN KEY (organisation_id, hours_id) REFERENCES business_hours (organisation_id, id)
-- next
ALTER TABLE queue ADD CONSTRAINT fk_queue_organisation_id_overflow_queue_id FOREIGN KEY (organisation_id, overflow_queue_id) REFERENCES queue (organisation_id, id)
-- next
ALTER TABLE received_mail ADD CONSTRAINT fk_received_mail_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE recovery_code ADD CONSTRAINT fk_recovery_code_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE reveal ADD CONSTRAINT fk_reveal_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE reveal ADD CONSTRAINT fk_reveal_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE rich_template ADD CONSTRAINT fk_rich_template_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE rich_template ADD CONSTRAINT fk_rich_template_organisation_id_team_id FOREIGN KEY (organisation_id, team_id) REFERENCES team (organisation_id, id)
-- next
ALTER TABLE scheme_table ADD CONSTRAINT fk_scheme_table_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE second_step ADD CONSTRAINT fk_second_step_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE session ADD CONSTRAINT fk_session_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE sso_attempt ADD CONSTRAINT fk_sso_attempt_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE sso_link ADD CONSTRAINT fk_sso_link_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE team_member ADD CONSTRAINT fk_team_member_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE team_member ADD CONSTRAINT fk_team_member_organisation_id_team_id FOREIGN KEY (organisation_id, team_id) REFERENCES team (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE visitor ADD CONSTRAINT fk_visitor_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE webhook ADD CONSTRAINT fk_webhook_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE alert_rule ADD CONSTRAINT fk_alert_rule_organisation_id_queue_id FOREIGN KEY (organisation_id, queue_id) REFERENCES queue (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE article ADD CONSTRAINT fk_article_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE article ADD CONSTRAINT fk_article_organisation_id_category_id FOREIGN KEY (organisation_id, category_id) REFERENCES article_category (organisation_id, id)
-- next
ALTER TABLE assist_topic ADD CONSTRAINT fk_assist_topic_organisation_id_category_id FOREIGN KEY (organisation_id, category_id) REFERENCES article_category (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE assist_topic ADD CONSTRAINT fk_assist_topic_organisation_id_queue_id FOREIGN KEY (organisation_id, queue_id) REFERENCES queue (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE channel_sight ADD CONSTRAINT fk_channel_sight_organisation_id_channel_id FOREIGN KEY (organisation_id, channel_id) REFERENCES channel (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE chat_invitation ADD CONSTRAINT fk_chat_invitation_organisation_id_channel_id FOREIGN KEY (organisation_id, channel_id) REFERENCES channel (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE chat_invitation ADD CONSTRAINT fk_chat_invitation_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE company_customer ADD CONSTRAINT fk_company_customer_organisation_id_company_id FOREIGN KEY (organisation_id, company_id) REFERENCES company (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE company_customer ADD CONSTRAINT fk_company_customer_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE company_domain ADD CONSTRAINT fk_company_domain_organisation_id_company_id FOREIGN KEY (organisation_id, company_id) REFERENCES company (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE company_gram ADD CONSTRAINT fk_company_gram_organisation_id_company_id FOREIGN KEY (organisation_id, company_id) REFERENCES company (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation ADD CONSTRAINT fk_conversation_organisation_id_agent_id FOREIGN KEY (organisation_id, agent_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE conversation ADD CONSTRAINT fk_conversation_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE conversation ADD CONSTRAINT fk_conversation_organisation_id_channel_id FOREIGN KEY (organisation_id, channel_id) REFERENCES channel (organisation_id, id)
-- next
ALTER TABLE conversation ADD CONSTRAINT fk_conversation_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id)
-- next
ALTER TABLE conversation ADD CONSTRAINT fk_conversation_organisation_id_merged_into_id FOREIGN KEY (organisation_id, merged_into_id) REFERENCES conversation (organisation_id, id)
-- next
ALTER TABLE conversation ADD CONSTRAINT fk_conversation_organisation_id_reason_version_reason_id FOREIGN KEY (organisation_id, reason_version, reason_id) REFERENCES contact_reason (organisation_id, version, id)
-- next
ALTER TABLE conversation_view_place ADD CONSTRAINT fk_conversation_view_place_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_view_place ADD CONSTRAINT fk_conversation_view_place_organisation_id_view_id FOREIGN KEY (organisation_id, view_id) REFERENCES conversation_view (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE crisis_entry ADD CONSTRAINT fk_crisis_entry_organisation_id_crisis_id FOREIGN KEY (organisation_id, crisis_id) REFERENCES crisis (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE crisis_link ADD CONSTRAINT fk_crisis_link_organisation_id_crisis_id FOREIGN KEY (organisation_id, crisis_id) REFERENCES crisis (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE crisis_statement ADD CONSTRAINT fk_crisis_statement_organisation_id_crisis_id FOREIGN KEY (organisation_id, crisis_id) REFERENCES crisis (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE crisis_step ADD CONSTRAINT fk_crisis_step_organisation_id_crisis_id FOREIGN KEY (organisation_id, crisis_id) REFERENCES crisis (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE department_member ADD CONSTRAINT fk_department_member_organisation_id_department_id FOREIGN KEY (organisation_id, department_id) REFERENCES department (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE department_member ADD CONSTRAINT fk_department_member_organisation_id_hours_id FOREIGN KEY (organisation_id, hours_id) REFERENCES business_hours (organisation_id, id)
-- next
ALTER TABLE department_member ADD CONSTRAINT fk_department_member_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE directory_check ADD CONSTRAINT fk_directory_check_organisation_id_entry_id FOREIGN KEY (organisation_id, entry_id) REFERENCES directory_entry (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE import_fault ADD CONSTRAINT fk_import_fault_organisation_id_run_id FOREIGN KEY (organisation_id, run_id) REFERENCES import_run (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE import_key ADD CONSTRAINT fk_import_key_organisation_id_run_id FOREIGN KEY (organisation_id, run_id) REFERENCES import_run (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE kept_object ADD CONSTRAINT fk_kept_object_organisation_id_company_id FOREIGN KEY (organisation_id, company_id) REFERENCES company (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE kept_object ADD CONSTRAINT fk_kept_object_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE kept_object ADD CONSTRAINT fk_kept_object_organisation_id_type_id FOREIGN KEY (organisation_id, type_id) REFERENCES object_type (organisation_id, id)
-- next
ALTER TABLE known_gap ADD CONSTRAINT fk_known_gap_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE known_gap ADD CONSTRAINT fk_known_gap_organisation_id_improvement_id FOREIGN KEY (organisation_id, improvement_id) REFERENCES improvement (organisation_id, id)
-- next
ALTER TABLE ledger_line ADD CONSTRAINT fk_ledger_line_organisation_id_account_id FOREIGN KEY (organisation_id, account_id) REFERENCES ledger_account (organisation_id, id)
-- next
ALTER TABLE ledger_line ADD CONSTRAINT fk_ledger_line_organisation_id_grant_id FOREIGN KEY (organisation_id, grant_id) REFERENCES compensation_grant (organisation_id, id)
-- next
ALTER TABLE mail_access ADD CONSTRAINT fk_mail_access_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_access ADD CONSTRAINT fk_mail_access_organisation_id_mailbox_id FOREIGN KEY (organisation_id, mailbox_id) REFERENCES mailbox (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_access ADD CONSTRAINT fk_mail_access_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE mail_access ADD CONSTRAINT fk_mail_access_organisation_id_server_id FOREIGN KEY (organisation_id, server_id) REFERENCES mail_server (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_departure ADD CONSTRAINT fk_mail_departure_organisation_id_mailbox_id FOREIGN KEY (organisation_id, mailbox_id) REFERENCES mailbox (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mail_departure ADD CONSTRAINT fk_mail_departure_organisation_id_server_id FOREIGN KEY (organisation_id, server_id) REFERENCES mail_server (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE mailbox_place ADD CONSTRAINT fk_mailbox_place_organisation_id_mailbox_id FOREIGN KEY (organisation_id, mailbox_id) REFERENCES mailbox (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE queue_member ADD CONSTRAINT fk_queue_member_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE queue_member ADD CONSTRAINT fk_queue_member_organisation_id_queue_id FOREIGN KEY (organisation_id, queue_id) REFERENCES queue (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE queue_team ADD CONSTRAINT fk_queue_team_organisation_id_queue_id FOREIGN KEY (organisation_id, queue_id) REFERENCES queue (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE queue_team ADD CONSTRAINT fk_queue_team_organisation_id_team_id FOREIGN KEY (organisation_id, team_id) REFERENCES team (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE received_content ADD CONSTRAINT fk_received_content_organisation_id_received_id FOREIGN KEY (organisation_id, received_id) REFERENCES received_mail (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE scheme ADD CONSTRAINT fk_scheme_organisation_id_instrument_id FOREIGN KEY (organisation_id, instrument_id) REFERENCES instrument (organisation_id, id)
-- next
ALTER TABLE scheme ADD CONSTRAINT fk_scheme_organisation_id_table_id FOREIGN KEY (organisation_id, table_id) REFERENCES scheme_table (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE sso_sitting ADD CONSTRAINT fk_sso_sitting_organisation_id_session_id FOREIGN KEY (organisation_id, session_id) REFERENCES session (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE voucher_order ADD CONSTRAINT fk_voucher_order_organisation_id_grant_id FOREIGN KEY (organisation_id, grant_id) REFERENCES compensation_grant (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE wait_rule ADD CONSTRAINT fk_wait_rule_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE wait_rule ADD CONSTRAINT fk_wait_rule_organisation_id_queue_id FOREIGN KEY (organisation_id, queue_id) REFERENCES queue (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE webhook_delivery ADD CONSTRAINT fk_webhook_delivery_organisation_id_webhook_id FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhook (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE alert_watch ADD CONSTRAINT fk_alert_watch_organisation_id_rule_id FOREIGN KEY (organisation_id, rule_id) REFERENCES alert_rule (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE article_passage ADD CONSTRAINT fk_article_passage_organisation_id_article_id FOREIGN KEY (organisation_id, article_id) REFERENCES article (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE article_passage ADD CONSTRAINT fk_article_passage_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE article_version ADD CONSTRAINT fk_article_version_organisation_id_article_id FOREIGN KEY (organisation_id, article_id) REFERENCES article (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE article_version ADD CONSTRAINT fk_article_version_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE article_version ADD CONSTRAINT fk_article_version_organisation_id_category_id FOREIGN KEY (organisation_id, category_id) REFERENCES article_category (organisation_id, id)
-- next
ALTER TABLE article_vote ADD CONSTRAINT fk_article_vote_organisation_id_article_id FOREIGN KEY (organisation_id, article_id) REFERENCES article (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE assist_judgement ADD CONSTRAINT fk_assist_judgement_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE assist_session ADD CONSTRAINT fk_assist_session_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE bulk_item ADD CONSTRAINT fk_bulk_item_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE bulk_item ADD CONSTRAINT fk_bulk_item_organisation_id_run_id FOREIGN KEY (organisation_id, run_id) REFERENCES bulk_run (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_due ADD CONSTRAINT fk_conversation_due_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_follower ADD CONSTRAINT fk_conversation_follower_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_follower ADD CONSTRAINT fk_conversation_follower_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_join ADD CONSTRAINT fk_conversation_join_organisation_id_absorbed_id FOREIGN KEY (organisation_id, absorbed_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_join ADD CONSTRAINT fk_conversation_join_organisation_id_by_id FOREIGN KEY (organisation_id, by_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE conversation_join ADD CONSTRAINT fk_conversation_join_organisation_id_into_id FOREIGN KEY (organisation_id, into_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_link ADD CONSTRAINT fk_conversation_link_organisation_id_by_id FOREIGN KEY (organisation_id, by_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE conversation_link ADD CONSTRAINT fk_conversation_link_organisation_id_one_id FOREIGN KEY (organisation_id, one_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_link ADD CONSTRAINT fk_conversation_link_organisation_id_other_id FOREIGN KEY (organisation_id, other_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_mail ADD CONSTRAINT fk_conversation_mail_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_moved ADD CONSTRAINT fk_conversation_moved_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_moved ADD CONSTRAINT fk_conversation_moved_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_pin ADD CONSTRAINT fk_conversation_pin_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_pin ADD CONSTRAINT fk_conversation_pin_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE conversation_tag ADD CONSTRAINT fk_conversation_tag_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id)
-- next
ALTER TABLE conversation_tag ADD CONSTRAINT fk_conversation_tag_organisation_id_tag_id FOREIGN KEY (organisation_id, tag_id) REFERENCES tag (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE draft ADD CONSTRAINT fk_draft_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id)
-- next
ALTER TABLE draft ADD CONSTRAINT fk_draft_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE flaw_thanks ADD CONSTRAINT fk_flaw_thanks_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE flaw_thanks ADD CONSTRAINT fk_flaw_thanks_organisation_id_by_id FOREIGN KEY (organisation_id, by_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE flaw_thanks ADD CONSTRAINT fk_flaw_thanks_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE flaw_thanks ADD CONSTRAINT fk_flaw_thanks_organisation_id_improvement_id FOREIGN KEY (organisation_id, improvement_id) REFERENCES improvement (organisation_id, id)
-- next
ALTER TABLE help_offer ADD CONSTRAINT fk_help_offer_organisation_id_agent_id FOREIGN KEY (organisation_id, agent_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE help_offer ADD CONSTRAINT fk_help_offer_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE help_offer ADD CONSTRAINT fk_help_offer_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE macro_run ADD CONSTRAINT fk_macro_run_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE macro_run ADD CONSTRAINT fk_macro_run_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE message ADD CONSTRAINT fk_message_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id)
-- next
ALTER TABLE recalled_look ADD CONSTRAINT fk_recalled_look_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id)
-- next
ALTER TABLE recalled_look ADD CONSTRAINT fk_recalled_look_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE recalled_message ADD CONSTRAINT fk_recalled_message_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id)
-- next
ALTER TABLE reply_approval ADD CONSTRAINT fk_reply_approval_organisation_id_asked_id FOREIGN KEY (organisation_id, asked_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE reply_approval ADD CONSTRAINT fk_reply_approval_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE reply_approval ADD CONSTRAINT fk_reply_approval_organisation_id_decided_by FOREIGN KEY (organisation_id, decided_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE reply_approval ADD CONSTRAINT fk_reply_approval_organisation_id_writer_id FOREIGN KEY (organisation_id, writer_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE service_case ADD CONSTRAINT fk_service_case_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE service_case ADD CONSTRAINT fk_service_case_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE service_case ADD CONSTRAINT fk_service_case_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE service_case ADD CONSTRAINT fk_service_case_organisation_id_opened_by FOREIGN KEY (organisation_id, opened_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE service_case ADD CONSTRAINT fk_service_case_organisation_id_owner_id FOREIGN KEY (organisation_id, owner_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE service_case ADD CONSTRAINT fk_service_case_organisation_id_parent_id FOREIGN KEY (organisation_id, parent_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE side_thread ADD CONSTRAINT fk_side_thread_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE side_thread ADD CONSTRAINT fk_side_thread_organisation_id_opened_by FOREIGN KEY (organisation_id, opened_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE sla_clock ADD CONSTRAINT fk_sla_clock_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE sla_mark ADD CONSTRAINT fk_sla_mark_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE statement_use ADD CONSTRAINT fk_statement_use_organisation_id_statement_id FOREIGN KEY (organisation_id, statement_id) REFERENCES crisis_statement (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE statement_version ADD CONSTRAINT fk_statement_version_organisation_id_statement_id FOREIGN KEY (organisation_id, statement_id) REFERENCES crisis_statement (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE step_in ADD CONSTRAINT fk_step_in_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE step_in ADD CONSTRAINT fk_step_in_organisation_id_from_agent_id FOREIGN KEY (organisation_id, from_agent_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE step_in ADD CONSTRAINT fk_step_in_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE survey ADD CONSTRAINT fk_survey_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE wait_record ADD CONSTRAINT fk_wait_record_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE watch ADD CONSTRAINT fk_watch_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE watch_signal ADD CONSTRAINT fk_watch_signal_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE watch_signal ADD CONSTRAINT fk_watch_signal_organisation_id_dismissed_by FOREIGN KEY (organisation_id, dismissed_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE webhook_attempt ADD CONSTRAINT fk_webhook_attempt_organisation_id_delivery_id FOREIGN KEY (organisation_id, delivery_id) REFERENCES webhook_delivery (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE work_item ADD CONSTRAINT fk_work_item_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE work_item ADD CONSTRAINT fk_work_item_organisation_id_queue_id FOREIGN KEY (organisation_id, queue_id) REFERENCES queue (organisation_id, id)
-- next
ALTER TABLE case_entry ADD CONSTRAINT fk_case_entry_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_inform ADD CONSTRAINT fk_case_inform_organisation_id_by FOREIGN KEY (organisation_id, by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE case_inform ADD CONSTRAINT fk_case_inform_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_link ADD CONSTRAINT fk_case_link_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_link ADD CONSTRAINT fk_case_link_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_party ADD CONSTRAINT fk_case_party_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_party ADD CONSTRAINT fk_case_party_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_step ADD CONSTRAINT fk_case_step_organisation_id_assigned_to FOREIGN KEY (organisation_id, assigned_to) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE case_step ADD CONSTRAINT fk_case_step_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_step ADD CONSTRAINT fk_case_step_organisation_id_department_id FOREIGN KEY (organisation_id, department_id) REFERENCES department (organisation_id, id)
-- next
ALTER TABLE case_step ADD CONSTRAINT fk_case_step_organisation_id_taken_by FOREIGN KEY (organisation_id, taken_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE case_time ADD CONSTRAINT fk_case_time_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_time ADD CONSTRAINT fk_case_time_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_about_member_id FOREIGN KEY (organisation_id, about_member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_confirmed_by FOREIGN KEY (organisation_id, confirmed_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_filed_by FOREIGN KEY (organisation_id, filed_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE complaint ADD CONSTRAINT fk_complaint_organisation_id_owner_id FOREIGN KEY (organisation_id, owner_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE progress_link ADD CONSTRAINT fk_progress_link_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE progress_link ADD CONSTRAINT fk_progress_link_organisation_id_made_by FOREIGN KEY (organisation_id, made_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE progress_link ADD CONSTRAINT fk_progress_link_organisation_id_revoked_by FOREIGN KEY (organisation_id, revoked_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE promise ADD CONSTRAINT fk_promise_organisation_id_brand_id FOREIGN KEY (organisation_id, brand_id) REFERENCES brand (organisation_id, id)
-- next
ALTER TABLE promise ADD CONSTRAINT fk_promise_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE promise ADD CONSTRAINT fk_promise_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE promise ADD CONSTRAINT fk_promise_organisation_id_customer_id FOREIGN KEY (organisation_id, customer_id) REFERENCES customer (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE promise ADD CONSTRAINT fk_promise_organisation_id_made_by FOREIGN KEY (organisation_id, made_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE promise ADD CONSTRAINT fk_promise_organisation_id_owner_id FOREIGN KEY (organisation_id, owner_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE promise ADD CONSTRAINT fk_promise_organisation_id_settled_by FOREIGN KEY (organisation_id, settled_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE repeat_denial ADD CONSTRAINT fk_repeat_denial_organisation_id_by FOREIGN KEY (organisation_id, by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE repeat_denial ADD CONSTRAINT fk_repeat_denial_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE repeat_denial ADD CONSTRAINT fk_repeat_denial_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE side_note ADD CONSTRAINT fk_side_note_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE side_note ADD CONSTRAINT fk_side_note_organisation_id_thread_id FOREIGN KEY (organisation_id, thread_id) REFERENCES side_thread (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE side_seat ADD CONSTRAINT fk_side_seat_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE side_seat ADD CONSTRAINT fk_side_seat_organisation_id_thread_id FOREIGN KEY (organisation_id, thread_id) REFERENCES side_thread (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE urge ADD CONSTRAINT fk_urge_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE urge ADD CONSTRAINT fk_urge_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE urge ADD CONSTRAINT fk_urge_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE work_offer ADD CONSTRAINT fk_work_offer_organisation_id_leg_id FOREIGN KEY (organisation_id, leg_id) REFERENCES work_item (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_guest ADD CONSTRAINT fk_case_guest_organisation_id_case_id FOREIGN KEY (organisation_id, case_id) REFERENCES service_case (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE case_guest ADD CONSTRAINT fk_case_guest_organisation_id_step_id FOREIGN KEY (organisation_id, step_id) REFERENCES case_step (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE complaint_review ADD CONSTRAINT fk_complaint_review_organisation_id_complaint_id FOREIGN KEY (organisation_id, complaint_id) REFERENCES complaint (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE complaint_review ADD CONSTRAINT fk_complaint_review_organisation_id_conversation_id FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversation (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE complaint_review ADD CONSTRAINT fk_complaint_review_organisation_id_member_id FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE complaint_review ADD CONSTRAINT fk_complaint_review_organisation_id_reviewed_by FOREIGN KEY (organisation_id, reviewed_by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE settlement_step ADD CONSTRAINT fk_settlement_step_organisation_id_by FOREIGN KEY (organisation_id, by) REFERENCES member (organisation_id, id)
-- next
ALTER TABLE settlement_step ADD CONSTRAINT fk_settlement_step_organisation_id_complaint_id FOREIGN KEY (organisation_id, complaint_id) REFERENCES complaint (organisation_id, id) ON DELETE CASCADE
-- next
ALTER TABLE settlement_step ADD CONSTRAINT fk_settlement_step_organisation_id_with_id FOREIGN KEY (organisation_id, with_id) REFERENCES member (organisation_id, id)
-- next
CREATE INDEX ix_alert_raised ON alert (organisation_id, raised_at, id)
-- next
CREATE UNIQUE INDEX uq_alert_open ON alert (organisation_id, rule_id, queue_id) WHERE cleared_at IS NULL
-- next
CREATE INDEX ix_approval_rule_kind ON approval_rule (organisation_id, kind, from_fen, place)
-- next
CREATE INDEX ix_audit_entry_action ON audit_entry (organisation_id, action, id)
-- next
CREATE INDEX ix_audit_entry_actor ON audit_entry (organisation_id, actor_id, id)
-- next
CREATE INDEX ix_audit_entry_xid ON audit_entry (organisation_id, xid, id)
-- next
CREATE INDEX ix_automatic_mail_contact ON automatic_mail (organisation_id, mailbox_id, contact, at)
-- next
CREATE INDEX ix_automatic_mail_conversation ON automatic_mail (organisation_id, conversation_id)
-- next
CREATE INDEX ix_automatic_mail_customer ON automatic_mail (organisation_id, customer_id)
-- next
CREATE INDEX ix_automatic_mail_domain ON automatic_mail (organisation_id, domain, at)
-- next
CREATE INDEX ix_automatic_mail_mailbox ON automatic_mail (organisation_id, mailbox_id, at)
-- next
CREATE UNIQUE INDEX uq_brand_slug ON brand (organisation_id, slug)
-- next
CREATE INDEX ix_browsing_first_at ON browsing (organisation_id, first_at, id)
-- next
CREATE INDEX ix_browsing_seen_at ON browsing (organisation_id, seen_at)
-- next
CREATE INDEX ix_customer_folded ON customer (organisation_id, folded, id) WHERE known AND folded <> ''
-- next
CREATE INDEX ix_customer_known ON customer (organisation_id, id) WHERE known
-- next
CREATE INDEX ix_customer_merged_into ON customer (organisation_id, merged_into_id) WHERE merged_into_id IS NOT NULL
-- next
CREATE INDEX ix_event_case ON event (organisation_id, case_id, id) WHERE case_id IS NOT NULL
-- next
CREATE INDEX ix_event_caused_by ON event (caused_by) WHERE caused_by IS NOT NULL
-- next
CREATE INDEX ix_event_conversation ON event (organisation_id, conversation_id, id) WHERE conversation_id IS NOT NULL
-- next
CREATE INDEX ix_event_log ON event (xid, id)
-- next
CREATE INDEX ix_event_type ON event (organisation_id, type, occurred_at)
-- next
CREATE INDEX ix_file_created_at ON file (created_at)
-- next
CREATE INDEX ix_file_owner ON file (organisation_id, owner, owner_id)
-- next
CREATE INDEX ix_file_sha256 ON file (sha256)
-- next
CREATE INDEX ix_file_thumb_sha256 ON file (thumb_sha256) WHERE thumb_sha256 IS NOT NULL
-- next
CREATE INDEX ix_file_scan_due ON file_scan (since_at) WHERE state = 'waiting'
-- next
CREATE UNIQUE INDEX uq_file_scan_sha256 ON file_scan (organisation_id, sha256)
-- next
CREATE INDEX ix_hold_out_at ON hold_out (organisation_id, at)
-- next
CREATE INDEX ix_job_dead ON job (organisation_id, created_at) WHERE state = 'dead'
-- next
CREATE INDEX ix_job_ready ON job (organisation_id, priority, run_at) WHERE state = 'ready'
-- next
CREATE UNIQUE INDEX uq_job_unique_key ON job (organisation_id, name, unique_key) WHERE unique_key IS NOT NULL AND state = 'ready' AND attempt = 0
-- next
CREATE UNIQUE INDEX uq_legal_hold_standing ON legal_hold (organisation_id, subject_id) WHERE standing
-- next
CREATE INDEX ix_live_socket_process ON live_socket (process)
-- next
CREATE INDEX ix_message_mail_header ON message_mail (organisation_id, header_digest)
-- next
CREATE INDEX ix_message_mail_mail ON message_mail (organisation_id, mail_id) WHERE mail_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_message_mail_received ON message_mail (organisation_id, received_id) WHERE received_id IS NOT NULL
-- next
CREATE INDEX ix_metric_part_fresh ON metric_part (organisation_id) WHERE NOT merged
-- next
CREATE INDEX ix_passkey_challenge_expires_at ON passkey_challenge (expires_at)
-- next
CREATE UNIQUE INDEX uq_profile_field_key ON profile_field (organisation_id, "of", coalesce(type_id, organisation_id), key)
-- next
CREATE INDEX ix_proposal_created ON proposal (organisation_id, created_at)
-- next
CREATE INDEX ix_retention_run_at ON retention_run (organisation_id, at)
-- next
CREATE UNIQUE INDEX uq_role_name ON role (organisation_id, lower(name))
-- next
CREATE UNIQUE INDEX uq_skill_name ON skill (organisation_id, name)
-- next
CREATE UNIQUE INDEX uq_sso_provider_house ON sso_provider (organisation_id)
-- next
CREATE UNIQUE INDEX uq_tag_name ON tag (organisation_id, lower(name))
-- next
CREATE INDEX ix_access_package_at ON access_package (organisation_id, at)
-- next
CREATE INDEX ix_access_package_customer ON access_package (organisation_id, customer_id)
-- next
CREATE INDEX ix_api_key_created ON api_key (organisation_id, created_at)
-- next
CREATE UNIQUE INDEX uq_api_key_token_hash ON api_key (token_hash)
-- next
CREATE INDEX ix_approval_delegate_until ON approval_delegate (organisation_id, until_at)
-- next
CREATE INDEX ix_approval_request_asked ON approval_request (organisation_id, asked_by, asked_at)
-- next
CREATE INDEX ix_approval_request_conversation ON approval_request (organisation_id, conversation_id)
-- next
CREATE INDEX ix_approval_request_customer ON approval_request (organisation_id, customer_id)
-- next
CREATE INDEX ix_approval_request_decided ON approval_request (organisation_id, decided_at)
-- next
CREATE INDEX ix_approval_request_due ON approval_request (organisation_id, due_at) WHERE state = 'waiting'
-- next
CREATE INDEX ix_approval_request_subject ON approval_request (organisation_id, subject_id)
-- next
CREATE UNIQUE INDEX uq_approval_request_waiting ON approval_request (organisation_id, kind, subject_id) WHERE state = 'waiting'
-- next
CREATE INDEX ix_archive_run_at ON archive_run (organisation_id, at)
-- next
CREATE UNIQUE INDEX uq_article_category_slug ON article_category (organisation_id, slug)
-- next
CREATE INDEX ix_brand_domain_brand ON brand_domain (organisation_id, brand_id)
-- next
CREATE UNIQUE INDEX uq_brand_domain_host ON brand_domain (organisation_id, host)
-- next
CREATE UNIQUE INDEX uq_brand_domain_verified ON brand_domain (host) WHERE state = 'verified'
-- next
CREATE UNIQUE INDEX uq_budget_place ON budget (organisation_id, brand_id, month, currency) NULLS NOT DISTINCT
-- next
CREATE INDEX ix_bulk_run_member ON bulk_run (organisation_id, member_id, at)
-- next
CREATE INDEX ix_canned_reply_shortcut ON canned_reply (organisation_id, shortcut)
-- next
CREATE UNIQUE INDEX uq_case_due_times_brand ON case_due_times (organisation_id, brand_id) NULLS NOT DISTINCT
-- next
CREATE UNIQUE INDEX uq_channel_key ON channel (key)
-- next
CREATE UNIQUE INDEX uq_channel_mailbox ON channel (organisation_id, mailbox_id) WHERE mailbox_id IS NOT NULL
-- next
CREATE INDEX ix_company_folded ON company (organisation_id, folded)
-- next
CREATE INDEX ix_compensation_grant_by ON compensation_grant (organisation_id, by_id, made_at)
-- next
CREATE INDEX ix_compensation_grant_case ON compensation_grant (organisation_id, case_id) WHERE case_id IS NOT NULL
-- next
CREATE INDEX ix_compensation_grant_customer ON compensation_grant (organisation_id, customer_id, id)
-- next
CREATE INDEX ix_compensation_grant_made ON compensation_grant (organisation_id, made_at)
-- next
CREATE INDEX ix_compensation_grant_message ON compensation_grant (organisation_id, message_id) WHERE message_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_compensation_grant_once_key ON compensation_grant (organisation_id, once_key)
-- next
CREATE INDEX ix_conversation_view_member ON conversation_view (organisation_id, member_id)
-- next
CREATE INDEX ix_credential_login ON credential (login_key)
-- next
CREATE UNIQUE INDEX uq_credential_login ON credential (organisation_id, login_key)
-- next
CREATE INDEX ix_crisis_customer ON crisis (organisation_id, customer_id)
-- next
CREATE UNIQUE INDEX uq_crisis_number ON crisis (organisation_id, number)
-- next
CREATE INDEX ix_customer_apart_other ON customer_apart (organisation_id, other_id)
-- next
CREATE INDEX ix_customer_gram_customer ON customer_gram (organisation_id, customer_id)
-- next
CREATE INDEX ix_customer_merge_absorbed ON customer_merge (organisation_id, absorbed_id, at)
-- next
CREATE INDEX ix_customer_merge_survivor ON customer_merge (organisation_id, survivor_id, at)
-- next
CREATE INDEX ix_customer_note_customer ON customer_note (organisation_id, customer_id, at)
-- next
CREATE INDEX ix_directory_entry_due ON directory_entry (organisation_id, due_at) WHERE removed_at IS NULL
-- next
CREATE UNIQUE INDEX uq_erasure_running ON erasure (organisation_id, customer_id) WHERE state <> 'done'
-- next
CREATE INDEX ix_export_run_at ON export_run (organisation_id, at)
-- next
CREATE UNIQUE INDEX uq_grant_authority_whom ON grant_authority (organisation_id, subject, role, member_id) NULLS NOT DISTINCT
-- next
CREATE INDEX ix_identity_blind ON identity (organisation_id, kind, blind)
-- next
CREATE UNIQUE INDEX uq_identity_customer ON identity (organisation_id, customer_id, kind, blind)
-- next
CREATE UNIQUE INDEX uq_identity_verified ON identity (organisation_id, kind, blind) WHERE verified
-- next
CREATE INDEX ix_import_run_at ON import_run (organisation_id, at)
-- next
CREATE INDEX ix_improvement_reason ON improvement (organisation_id, reason_id)
-- next
CREATE INDEX ix_improvement_state ON improvement (organisation_id, state, due_on)
-- next
CREATE INDEX ix_instrument_brand ON instrument (organisation_id, brand_id)
-- next
CREATE UNIQUE INDEX uq_invitation_token_hash ON invitation (token_hash)
-- next
CREATE UNIQUE INDEX uq_ledger_account_place ON ledger_account (organisation_id, brand_id, month, currency, kind) NULLS NOT DISTINCT
-- next
CREATE INDEX ix_macro_shortcut ON macro (organisation_id, shortcut)
-- next
CREATE INDEX ix_mail_about ON mail (organisation_id, about)
-- next
CREATE INDEX ix_mail_customer ON mail (organisation_id, customer_id) WHERE customer_id IS NOT NULL
-- next
CREATE INDEX ix_mail_due ON mail (organisation_id, brand_id, next_at) WHERE state IN ('queued', 'sending')
-- next
CREATE INDEX ix_mail_list ON mail (organisation_id, state, id)
-- next
CREATE INDEX ix_mail_block_customer ON mail_block (organisation_id, customer_id) WHERE customer_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_mail_block_digest ON mail_block (organisation_id, coalesce(brand_id, '00000000-0000-0000-0000-000000000000'::uuid), digest)
-- next
CREATE UNIQUE INDEX uq_mail_key_active ON mail_key (organisation_id, brand_id) WHERE active
-- next
CREATE UNIQUE INDEX uq_mail_key_selector ON mail_key (organisation_id, brand_id, domain, selector)
-- next
CREATE UNIQUE INDEX uq_mail_person_email ON mail_person (organisation_id, brand_id, email)
-- next
CREATE UNIQUE INDEX uq_mail_server_brand ON mail_server (organisation_id, brand_id)
-- next
CREATE INDEX ix_mailbox_due ON mailbox (next_at) WHERE active
-- next
CREATE UNIQUE INDEX uq_mailbox_email ON mailbox (organisation_id, brand_id, email, folder)
-- next
CREATE UNIQUE INDEX uq_mailbox_smtp ON mailbox (lower(email)) WHERE way = 'smtp' AND active
-- next
CREATE INDEX ix_member_role_role ON member_role (organisation_id, role_id)
-- next
CREATE INDEX ix_mention_member ON mention (organisation_id, member_id, at, message_id)
-- next
CREATE INDEX ix_mention_unread ON mention (organisation_id, member_id, at) WHERE read_at IS NULL
-- next
CREATE INDEX ix_message_scan_message ON message_scan (organisation_id, message_id)
-- next
CREATE INDEX ix_page_view_customer ON page_view (organisation_id, customer_id, at, id)
-- next
CREATE INDEX ix_passkey_member ON passkey (organisation_id, member_id)
-- next
CREATE UNIQUE INDEX uq_passkey_credential ON passkey (credential_id)
-- next
CREATE INDEX ix_pending_sign_in_member ON pending_sign_in (organisation_id, member_id)
-- next
CREATE UNIQUE INDEX uq_pending_sign_in_token_hash ON pending_sign_in (token_hash)
-- next
CREATE INDEX ix_policy_exception_asked ON policy_exception (organisation_id, asked_at, id)
-- next
CREATE INDEX ix_policy_exception_conversation ON policy_exception (organisation_id, conversation_id)
-- next
CREATE INDEX ix_policy_exception_customer ON policy_exception (organisation_id, customer_id) WHERE customer_id IS NOT NULL
-- next
CREATE INDEX ix_policy_exception_policy ON policy_exception (organisation_id, policy_id, asked_at)
-- next
CREATE INDEX ix_profile_reveal_owner ON profile_reveal (organisation_id, owner_id, at)
-- next
CREATE INDEX ix_profile_value_field ON profile_value (organisation_id, field_id, owner_id)
-- next
CREATE INDEX ix_received_mail_age ON received_mail (organisation_id, received_at) WHERE file_id IS NOT NULL
-- next
CREATE INDEX ix_received_mail_customer ON received_mail (organisation_id, customer_id) WHERE customer_id IS NOT NULL
-- next
CREATE INDEX ix_received_mail_list ON received_mail (organisation_id, state, id)
-- next
CREATE INDEX ix_received_mail_named ON received_mail (organisation_id, mailbox_id, message_id) WHERE message_id <> ''
-- next
CREATE INDEX ix_received_mail_programs ON received_mail (organisation_id, id) WHERE state = 'received' AND automatic AND code = '' AND customer_id IS NULL AND file_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_received_mail_digest ON received_mail (organisation_id, digest)
-- next
CREATE INDEX ix_recovery_code_member ON recovery_code (organisation_id, member_id)
-- next
CREATE INDEX ix_reveal_customer ON reveal (organisation_id, customer_id, at)
-- next
CREATE INDEX ix_rich_template_name ON rich_template (organisation_id, name)
-- next
CREATE UNIQUE INDEX uq_scheme_table_draft ON scheme_table (organisation_id, brand_id) NULLS NOT DISTINCT WHERE state = 'draft'
-- next
CREATE UNIQUE INDEX uq_scheme_table_published ON scheme_table (organisation_id, brand_id) NULLS NOT DISTINCT WHERE state = 'published'
-- next
CREATE UNIQUE INDEX uq_scheme_table_version ON scheme_table (organisation_id, brand_id, version) NULLS NOT DISTINCT
-- next
CREATE INDEX ix_session_member ON session (organisation_id, member_id)
-- next
CREATE UNIQUE INDEX uq_session_token_hash ON session (token_hash)
-- next
CREATE INDEX ix_sso_attempt_expires_at ON sso_attempt (organisation_id, expires_at)
-- next
CREATE UNIQUE INDEX uq_sso_attempt_state_hash ON sso_attempt (state_hash)
-- next
CREATE UNIQUE INDEX uq_sso_link_member ON sso_link (organisation_id, member_id, issuer)
-- next
CREATE UNIQUE INDEX uq_sso_link_subject ON sso_link (organisation_id, issuer, subject)
-- next
CREATE INDEX ix_team_member_member ON team_member (organisation_id, member_id)
-- next
CREATE INDEX ix_visitor_customer ON visitor (organisation_id, customer_id)
-- next
CREATE UNIQUE INDEX uq_visitor_token_hash ON visitor (token_hash)
-- next
CREATE INDEX ix_article_category ON article (organisation_id, category_id)
-- next
CREATE INDEX ix_article_updated ON article (organisation_id, updated_at, id)
-- next
CREATE UNIQUE INDEX uq_article_slug ON article (organisation_id, slug)
-- next
CREATE INDEX ix_chat_invitation_at ON chat_invitation (organisation_id, at)
-- next
CREATE INDEX ix_chat_invitation_member ON chat_invitation (organisation_id, member_id, at)
-- next
CREATE INDEX ix_chat_invitation_tab ON chat_invitation (organisation_id, tab_id, at)
-- next
CREATE UNIQUE INDEX uq_chat_invitation_open ON chat_invitation (organisation_id, tab_id) WHERE state = 'sent'
-- next
CREATE INDEX ix_company_customer_customer ON company_customer (organisation_id, customer_id)
-- next
CREATE UNIQUE INDEX uq_company_customer_main ON company_customer (organisation_id, customer_id) WHERE main
-- next
CREATE INDEX ix_company_domain_company ON company_domain (organisation_id, company_id)
-- next
CREATE INDEX ix_company_gram_company ON company_gram (organisation_id, company_id)
-- next
CREATE INDEX ix_conversation_all ON conversation (organisation_id, last_message_minute) WHERE state <> 'closed'
-- next
CREATE INDEX ix_conversation_brand ON conversation (organisation_id, brand_id, last_message_minute) WHERE state <> 'closed' AND brand_id IS NOT NULL
-- next
CREATE INDEX ix_conversation_closed ON conversation (organisation_id, closed_at, id) WHERE state = 'closed'
-- next
CREATE INDEX ix_conversation_closed_agent ON conversation (organisation_id, agent_id, closed_at, id) WHERE state = 'closed'
-- next
CREATE INDEX ix_conversation_closed_brand ON conversation (organisation_id, brand_id, closed_at, id) WHERE state = 'closed'
-- next
CREATE INDEX ix_conversation_closed_queue ON conversation (organisation_id, queue_id, closed_at, id) WHERE state = 'closed'
-- next
CREATE INDEX ix_conversation_customer ON conversation (organisation_id, customer_id, opened_at)
-- next
CREATE INDEX ix_conversation_digital ON conversation (organisation_id, last_message_minute) WHERE state = 'digital'
-- next
CREATE INDEX ix_conversation_merged_into ON conversation (organisation_id, merged_into_id) WHERE merged_into_id IS NOT NULL
-- next
CREATE INDEX ix_conversation_mine ON conversation (organisation_id, agent_id, last_message_minute) WHERE state <> 'closed' AND agent_id IS NOT NULL AND snoozed_until IS NULL
-- next
CREATE INDEX ix_conversation_queue ON conversation (organisation_id, queue_id, last_message_minute) WHERE state <> 'closed' AND queue_id IS NOT NULL
-- next
CREATE INDEX ix_conversation_snoozed ON conversation (organisation_id, agent_id, snoozed_until, id) WHERE snoozed_until IS NOT NULL
-- next
CREATE INDEX ix_conversation_waiting ON conversation (organisation_id, queue_id) WHERE state = 'waiting'
-- next
CREATE UNIQUE INDEX uq_conversation_number ON conversation (organisation_id, number)
-- next
CREATE UNIQUE INDEX uq_conversation_open ON conversation (organisation_id, channel_id, customer_id) WHERE state <> 'closed' AND NOT beside
-- next
CREATE INDEX ix_conversation_view_place_view ON conversation_view_place (organisation_id, view_id)
-- next
CREATE INDEX ix_crisis_entry_crisis ON crisis_entry (organisation_id, crisis_id, at)
-- next
CREATE INDEX ix_crisis_link_conversation ON crisis_link (organisation_id, conversation_id)
-- next
CREATE INDEX ix_crisis_link_customer ON crisis_link (organisation_id, customer_id)
-- next
CREATE INDEX ix_crisis_link_target ON crisis_link (organisation_id, target_id)
-- next
CREATE UNIQUE INDEX uq_crisis_link ON crisis_link (organisation_id, crisis_id, kind, target_id)
-- next
CREATE INDEX ix_crisis_statement_crisis ON crisis_statement (organisation_id, crisis_id)
-- next
CREATE INDEX ix_crisis_step_crisis ON crisis_step (organisation_id, crisis_id, place)
-- next
CREATE INDEX ix_department_member_member ON department_member (organisation_id, member_id)
-- next
CREATE INDEX ix_directory_check_entry ON directory_check (organisation_id, entry_id, at)
-- next
CREATE INDEX ix_kept_object_company ON kept_object (organisation_id, company_id) WHERE removed_at IS NULL
-- next
CREATE INDEX ix_kept_object_customer ON kept_object (organisation_id, customer_id) WHERE removed_at IS NULL
-- next
CREATE INDEX ix_known_gap_reason ON known_gap (organisation_id, reason_id)
-- next
CREATE INDEX ix_ledger_line_account ON ledger_line (organisation_id, account_id, at)
-- next
CREATE INDEX ix_ledger_line_entry ON ledger_line (organisation_id, entry_id)
-- next
CREATE INDEX ix_ledger_line_grant ON ledger_line (organisation_id, grant_id)
-- next
CREATE UNIQUE INDEX uq_mail_access_mailbox ON mail_access (organisation_id, mailbox_id) WHERE mailbox_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_mail_access_server ON mail_access (organisation_id, server_id) WHERE server_id IS NOT NULL
-- next
CREATE INDEX ix_mail_departure_expires_at ON mail_departure (organisation_id, expires_at)
-- next
CREATE UNIQUE INDEX uq_mail_departure_state ON mail_departure (organisation_id, state_hash)
-- next
CREATE INDEX ix_queue_member_member ON queue_member (organisation_id, member_id)
-- next
CREATE INDEX ix_queue_team_team ON queue_team (organisation_id, team_id)
-- next
CREATE INDEX ix_received_content_names ON received_content USING gin (reference_ids)
-- next
CREATE UNIQUE INDEX uq_scheme_place ON scheme (organisation_id, table_id, liability, severity, reason_id) NULLS NOT DISTINCT
-- next
CREATE INDEX ix_sso_sitting_pending ON sso_sitting (organisation_id, pending_id)
-- next
CREATE INDEX ix_sso_sitting_session ON sso_sitting (organisation_id, session_id)
-- next
CREATE INDEX ix_voucher_order_due ON voucher_order (next_at) WHERE state = 'waiting'
-- next
CREATE INDEX ix_voucher_order_state ON voucher_order (organisation_id, state, id)
-- next
CREATE UNIQUE INDEX uq_voucher_order_grant ON voucher_order (organisation_id, grant_id)
-- next
CREATE INDEX ix_webhook_delivery_age ON webhook_delivery (organisation_id, created_at)
-- next
CREATE INDEX ix_webhook_delivery_due ON webhook_delivery (organisation_id, webhook_id, next_at) WHERE state = 'waiting'
-- next
CREATE INDEX ix_webhook_delivery_list ON webhook_delivery (organisation_id, webhook_id, state, id)
-- next
CREATE UNIQUE INDEX uq_webhook_delivery_fact ON webhook_delivery (organisation_id, webhook_id, fact_id)
-- next
CREATE INDEX ix_bulk_item_conversation ON bulk_item (organisation_id, conversation_id)
-- next
CREATE INDEX ix_bulk_item_state ON bulk_item (organisation_id, run_id, state, conversation_id)
-- next
CREATE INDEX ix_conversation_due_at ON conversation_due (organisation_id, due_at, conversation_id)
-- next
CREATE INDEX ix_conversation_follower_conversation ON conversation_follower (organisation_id, conversation_id)
-- next
CREATE INDEX ix_conversation_join_absorbed ON conversation_join (organisation_id, absorbed_id)
-- next
CREATE INDEX ix_conversation_join_into ON conversation_join (organisation_id, into_id, at)
-- next
CREATE INDEX ix_conversation_link_other ON conversation_link (organisation_id, other_id)
-- next
CREATE INDEX ix_conversation_moved_conversation ON conversation_moved (organisation_id, conversation_id)
-- next
CREATE INDEX ix_conversation_pin_conversation ON conversation_pin (organisation_id, conversation_id)
-- next
CREATE INDEX ix_conversation_tag_tag ON conversation_tag (organisation_id, tag_id, conversation_id)
-- next
CREATE INDEX ix_flaw_thanks_at ON flaw_thanks (organisation_id, at)
-- next
CREATE INDEX ix_flaw_thanks_conversation ON flaw_thanks (organisation_id, conversation_id)
-- next
CREATE INDEX ix_flaw_thanks_customer ON flaw_thanks (organisation_id, customer_id)
-- next
CREATE INDEX ix_help_offer_article ON help_offer (organisation_id, customer_id, article_id) WHERE article_id IS NOT NULL
-- next
CREATE INDEX ix_help_offer_at ON help_offer (organisation_id, offered_at)
-- next
CREATE UNIQUE INDEX uq_help_offer ON help_offer (organisation_id, conversation_id, kind, seq)
-- next
CREATE INDEX ix_macro_run_conversation ON macro_run (organisation_id, conversation_id)
-- next
CREATE INDEX ix_message_lexemes ON message USING gin (lexemes)
-- next
CREATE INDEX ix_message_reply_to ON message (organisation_id, reply_to) WHERE reply_to IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_message_client_id ON message (organisation_id, conversation_id, client_id) WHERE client_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_message_id ON message (organisation_id, id)
-- next
CREATE INDEX ix_reply_approval_asked_at ON reply_approval (organisation_id, asked_at)
-- next
CREATE INDEX ix_reply_approval_conversation ON reply_approval (organisation_id, conversation_id, asked_at)
-- next
CREATE INDEX ix_reply_approval_waiting ON reply_approval (organisation_id, asked_at) WHERE state = 'waiting'
-- next
CREATE UNIQUE INDEX uq_reply_approval_waiting ON reply_approval (organisation_id, conversation_id) WHERE state = 'waiting'
-- next
CREATE INDEX ix_service_case_brand ON service_case (organisation_id, brand_id, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_brand_state ON service_case (organisation_id, brand_id, state, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_closed ON service_case (organisation_id, closed_at DESC, id DESC) WHERE state = 'closed'
-- next
CREATE INDEX ix_service_case_closed_brand ON service_case (organisation_id, brand_id, closed_at DESC, id DESC) WHERE state = 'closed'
-- next
CREATE INDEX ix_service_case_closed_opener ON service_case (organisation_id, opened_by, closed_at DESC, id DESC) WHERE state = 'closed'
-- next
CREATE INDEX ix_service_case_closed_owner ON service_case (organisation_id, owner_id, closed_at DESC, id DESC) WHERE state = 'closed'
-- next
CREATE INDEX ix_service_case_closed_queue ON service_case (organisation_id, queue_id, closed_at DESC, id DESC) WHERE state = 'closed'
-- next
CREATE INDEX ix_service_case_customer ON service_case (organisation_id, customer_id, opened_at)
-- next
CREATE INDEX ix_service_case_due ON service_case (organisation_id, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_nobody ON service_case (organisation_id, due_at, id) WHERE state <> 'closed' AND owner_id IS NULL
-- next
CREATE INDEX ix_service_case_opener ON service_case (organisation_id, opened_by, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_owner ON service_case (organisation_id, owner_id, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_owner_state ON service_case (organisation_id, owner_id, state, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_parent ON service_case (organisation_id, parent_id) WHERE parent_id IS NOT NULL
-- next
CREATE INDEX ix_service_case_priority ON service_case (organisation_id, priority, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_queue ON service_case (organisation_id, queue_id, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_queue_state ON service_case (organisation_id, queue_id, state, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_reason ON service_case (organisation_id, reason_id, due_at, id) WHERE state <> 'closed'
-- next
CREATE INDEX ix_service_case_state ON service_case (organisation_id, state, due_at, id) WHERE state <> 'closed'
-- next
CREATE UNIQUE INDEX uq_service_case_client ON service_case (organisation_id, client_id) WHERE client_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_service_case_number ON service_case (organisation_id, number)
-- next
CREATE INDEX ix_side_thread_conversation ON side_thread (organisation_id, conversation_id, last_at)
-- next
CREATE INDEX ix_sla_clock_running ON sla_clock (organisation_id, conversation_id) WHERE since IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_statement_use ON statement_use (organisation_id, statement_id, no, conversation_id)
-- next
CREATE UNIQUE INDEX uq_statement_version ON statement_version (organisation_id, statement_id, no)
-- next
CREATE INDEX ix_step_in_conversation ON step_in (organisation_id, conversation_id)
-- next
CREATE UNIQUE INDEX uq_survey_conversation ON survey (organisation_id, conversation_id)
-- next
CREATE INDEX ix_wait_record_conversation ON wait_record (organisation_id, conversation_id)
-- next
CREATE INDEX ix_wait_record_customer ON wait_record (organisation_id, customer_id, entered_at)
-- next
CREATE INDEX ix_wait_record_entered ON wait_record (organisation_id, entered_at, id)
-- next
CREATE INDEX ix_wait_record_granted ON wait_record (organisation_id, customer_id, settled_at) WHERE result = 'granted'
-- next
CREATE INDEX ix_wait_record_settled ON wait_record (organisation_id, rule_id, settled_at) WHERE result = 'granted'
-- next
CREATE UNIQUE INDEX uq_wait_record_leg ON wait_record (organisation_id, leg_id)
-- next
CREATE INDEX ix_watch_signal_open ON watch_signal (organisation_id, level DESC, since) WHERE dismissed_at IS NULL
-- next
CREATE INDEX ix_webhook_attempt_delivery ON webhook_attempt (organisation_id, delivery_id, at)
-- next
CREATE INDEX ix_work_item_conversation ON work_item (organisation_id, conversation_id, entered_at)
-- next
CREATE INDEX ix_work_item_customer ON work_item (organisation_id, customer_id, answered_at) WHERE answered_at IS NOT NULL
-- next
CREATE INDEX ix_work_item_handled ON work_item (organisation_id, queue_id, ended_at) WHERE state = 'done' AND answered_at IS NOT NULL
-- next
CREATE INDEX ix_work_item_queue ON work_item (organisation_id, queue_id, entered_at)
-- next
CREATE INDEX ix_work_item_serving ON work_item (organisation_id, agent_id) WHERE state = 'serving'
-- next
CREATE INDEX ix_work_item_told ON work_item (organisation_id, entered_at) INCLUDE (queue_id, state, told_low_s, told_high_s, answered_at) WHERE told_high_s IS NOT NULL
-- next
CREATE INDEX ix_work_item_waiting ON work_item (organisation_id, entered_at) WHERE state IN ('waiting', 'offered')
-- next
CREATE UNIQUE INDEX uq_work_item_active ON work_item (organisation_id, conversation_id) WHERE state IN ('waiting', 'offered', 'serving')
-- next
CREATE INDEX ix_case_entry_case ON case_entry (organisation_id, case_id, id)
-- next
CREATE UNIQUE INDEX uq_case_entry_client ON case_entry (organisation_id, client_id) WHERE client_id IS NOT NULL
-- next
CREATE INDEX ix_case_inform_case ON case_inform (organisation_id, case_id)
-- next
CREATE INDEX ix_case_link_conversation ON case_link (organisation_id, conversation_id)
-- next
CREATE INDEX ix_case_party_member ON case_party (organisation_id, member_id)
-- next
CREATE INDEX ix_case_step_department ON case_step (organisation_id, department_id, due_at) WHERE state IN ('ready','taken')
-- next
CREATE INDEX ix_case_step_over ON case_step (organisation_id, over_at) WHERE over_at IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_case_step_key ON case_step (organisation_id, case_id, key)
-- next
CREATE INDEX ix_case_time_case ON case_time (organisation_id, case_id)
-- next
CREATE INDEX ix_complaint_conversation ON complaint (organisation_id, conversation_id)
-- next
CREATE INDEX ix_complaint_customer ON complaint (organisation_id, customer_id, filed_at)
-- next
CREATE INDEX ix_complaint_due ON complaint (organisation_id, due_at, id) WHERE state IN ('filed','examining','settling','offered')
-- next
CREATE INDEX ix_complaint_filed ON complaint (organisation_id, filed_at, id)
-- next
CREATE INDEX ix_complaint_owner ON complaint (organisation_id, owner_id, filed_at)
-- next
CREATE UNIQUE INDEX uq_complaint_case ON complaint (organisation_id, case_id)
-- next
CREATE UNIQUE INDEX uq_complaint_number ON complaint (organisation_id, number)
-- next
CREATE INDEX ix_progress_link_case ON progress_link (organisation_id, case_id)
-- next
CREATE INDEX ix_promise_case ON promise (organisation_id, case_id)
-- next
CREATE INDEX ix_promise_conversation ON promise (organisation_id, conversation_id)
-- next
CREATE INDEX ix_promise_customer ON promise (organisation_id, customer_id)
-- next
CREATE INDEX ix_promise_due ON promise (organisation_id, due_at, id) WHERE state = 'open'
-- next
CREATE INDEX ix_promise_owner ON promise (organisation_id, owner_id, due_at, id) WHERE settled_at IS NULL
-- next
CREATE INDEX ix_promise_settled ON promise (organisation_id, due_at, owner_id)
-- next
CREATE INDEX ix_promise_unsettled ON promise (organisation_id, due_at, id) WHERE settled_at IS NULL
-- next
CREATE INDEX ix_promise_warn ON promise (organisation_id, warn_at) WHERE state = 'open' AND warned_at IS NULL
-- next
CREATE UNIQUE INDEX uq_promise_client ON promise (organisation_id, client_id) WHERE client_id IS NOT NULL
-- next
CREATE UNIQUE INDEX uq_side_note_client_id ON side_note (organisation_id, thread_id, client_id)
-- next
CREATE INDEX ix_side_seat_member ON side_seat (organisation_id, member_id, thread_id)
-- next
CREATE INDEX ix_urge_case ON urge (organisation_id, case_id, at, id)
-- next
CREATE UNIQUE INDEX uq_urge_message ON urge (organisation_id, case_id, message_id) WHERE message_id IS NOT NULL
-- next
CREATE INDEX ix_case_guest_case ON case_guest (organisation_id, case_id)
-- next
CREATE INDEX ix_case_guest_step ON case_guest (organisation_id, step_id)
-- next
CREATE INDEX ix_complaint_review_conversation ON complaint_review (organisation_id, conversation_id)
-- next
CREATE INDEX ix_complaint_review_set ON complaint_review (organisation_id, set_at, id)
-- next
CREATE UNIQUE INDEX uq_complaint_review ON complaint_review (organisation_id, complaint_id)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON alert TO peakend_app
-- next
ALTER TABLE alert ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE alert FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON alert TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON approval_rule TO peakend_app
-- next
ALTER TABLE approval_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE approval_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON approval_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT ON audit_checkpoint TO peakend_app
-- next
ALTER TABLE audit_checkpoint ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE audit_checkpoint FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON audit_checkpoint TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT ON audit_entry TO peakend_app
-- next
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON audit_entry TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT DELETE ON audit_entry TO peakend_app
-- next
CREATE POLICY may_go ON audit_entry AS RESTRICTIVE FOR DELETE TO peakend_app USING (at < now() - interval '180 days')
-- next
GRANT SELECT, INSERT ON audit_seal TO peakend_app
-- next
ALTER TABLE audit_seal ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE audit_seal FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON audit_seal TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT DELETE ON audit_seal TO peakend_app
-- next
CREATE POLICY may_go ON audit_seal AS RESTRICTIVE FOR DELETE TO peakend_app USING (NOT EXISTS (SELECT FROM audit_entry e WHERE e.organisation_id = audit_seal.organisation_id AND e.id = audit_seal.entry_id))
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON automatic_mail TO peakend_app
-- next
ALTER TABLE automatic_mail ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE automatic_mail FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON automatic_mail TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON brand TO peakend_app
-- next
ALTER TABLE brand ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE brand FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON brand TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON browsing TO peakend_app
-- next
ALTER TABLE browsing ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE browsing FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON browsing TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON business_hours TO peakend_app
-- next
ALTER TABLE business_hours ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE business_hours FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON business_hours TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON care_rules TO peakend_app
-- next
ALTER TABLE care_rules ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE care_rules FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON care_rules TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_number TO peakend_app
-- next
ALTER TABLE case_number ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_number FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_number TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_template TO peakend_app
-- next
ALTER TABLE case_template ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_template FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_template TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON checklist TO peakend_app
-- next
ALTER TABLE checklist ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE checklist FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON checklist TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON complaint_rules TO peakend_app
-- next
ALTER TABLE complaint_rules ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE complaint_rules FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON complaint_rules TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON contact_reason_version TO peakend_app
-- next
ALTER TABLE contact_reason_version ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE contact_reason_version FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON contact_reason_version TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON context_link TO peakend_app
-- next
ALTER TABLE context_link ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE context_link FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON context_link TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_number TO peakend_app
-- next
ALTER TABLE conversation_number ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_number FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_number TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON cron TO peakend_system
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON customer TO peakend_app
-- next
ALTER TABLE customer ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE customer FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON customer TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT ON event TO peakend_app
-- next
ALTER TABLE event ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE event FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON event TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON event TO peakend_system
-- next
CREATE POLICY system ON event TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON field_sight TO peakend_app
-- next
ALTER TABLE field_sight ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE field_sight FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON field_sight TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON file TO peakend_app
-- next
ALTER TABLE file ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE file FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON file TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON file TO peakend_system
-- next
CREATE POLICY system ON file TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON file_gone TO peakend_app
-- next
ALTER TABLE file_gone ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE file_gone FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON file_gone TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON file_gone TO peakend_system
-- next
CREATE POLICY system ON file_gone TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON file_scan TO peakend_app
-- next
ALTER TABLE file_scan ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE file_scan FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON file_scan TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON file_scan TO peakend_system
-- next
CREATE POLICY system ON file_scan TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON hold_out TO peakend_app
-- next
ALTER TABLE hold_out ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE hold_out FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON hold_out TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON import_mapping TO peakend_app
-- next
ALTER TABLE import_mapping ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE import_mapping FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON import_mapping TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON job TO peakend_app
-- next
ALTER TABLE job ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE job FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON job TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON job TO peakend_system
-- next
CREATE POLICY system ON job TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON knowledge_revision TO peakend_app
-- next
ALTER TABLE knowledge_revision ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE knowledge_revision FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON knowledge_revision TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON legal_hold TO peakend_app
-- next
ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE legal_hold FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON legal_hold TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON live_socket TO peakend_app
-- next
ALTER TABLE live_socket ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE live_socket FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON live_socket TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON live_socket TO peakend_system
-- next
CREATE POLICY system ON live_socket TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mailbox_code TO peakend_app
-- next
ALTER TABLE mailbox_code ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mailbox_code FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mailbox_code TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON member TO peakend_app
-- next
ALTER TABLE member ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE member FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON member TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON message_mail TO peakend_app
-- next
ALTER TABLE message_mail ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE message_mail FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON message_mail TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON metric_interval TO peakend_app
-- next
ALTER TABLE metric_interval ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE metric_interval FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON metric_interval TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON metric_part TO peakend_app
-- next
ALTER TABLE metric_part ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE metric_part FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON metric_part TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON object_type TO peakend_app
-- next
ALTER TABLE object_type ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE object_type FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON object_type TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON organisation TO peakend_app
-- next
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE organisation FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON organisation TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON organisation TO peakend_system
-- next
CREATE POLICY system ON organisation TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON passkey_challenge TO peakend_system
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON playbook TO peakend_app
-- next
ALTER TABLE playbook ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE playbook FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON playbook TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON policy_rule TO peakend_app
-- next
ALTER TABLE policy_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE policy_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON policy_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON profile_field TO peakend_app
-- next
ALTER TABLE profile_field ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE profile_field FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON profile_field TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON proposal TO peakend_app
-- next
ALTER TABLE proposal ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE proposal FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON proposal TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limit TO peakend_system
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON repeat_rule TO peakend_app
-- next
ALTER TABLE repeat_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE repeat_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON repeat_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_rule TO peakend_app
-- next
ALTER TABLE retention_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE retention_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON retention_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_run TO peakend_app
-- next
ALTER TABLE retention_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE retention_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON retention_run TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON role TO peakend_app
-- next
ALTER TABLE role ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE role FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON role TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sample_thing TO peakend_app
-- next
ALTER TABLE sample_thing ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sample_thing FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sample_thing TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON set_up_token TO peakend_system
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_rule TO peakend_app
-- next
ALTER TABLE sign_in_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sign_in_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sign_in_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON skill TO peakend_app
-- next
ALTER TABLE skill ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE skill FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON skill TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sla_policy TO peakend_app
-- next
ALTER TABLE sla_policy ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sla_policy FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sla_policy TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sso_provider TO peakend_app
-- next
ALTER TABLE sso_provider ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sso_provider FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sso_provider TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON sso_provider TO peakend_system
-- next
CREATE POLICY system ON sso_provider TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sso_secret TO peakend_app
-- next
ALTER TABLE sso_secret ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sso_secret FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sso_secret TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON tag TO peakend_app
-- next
ALTER TABLE tag ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE tag FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON tag TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON team TO peakend_app
-- next
ALTER TABLE team ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE team FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON team TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON two_person_rule TO peakend_app
-- next
ALTER TABLE two_person_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE two_person_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON two_person_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON voucher_connection TO peakend_app
-- next
ALTER TABLE voucher_connection ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE voucher_connection FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON voucher_connection TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON access_package TO peakend_app
-- next
ALTER TABLE access_package ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE access_package FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON access_package TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON api_key TO peakend_app
-- next
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE api_key FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON api_key TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON api_key TO peakend_system
-- next
CREATE POLICY system ON api_key TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON approval_delegate TO peakend_app
-- next
ALTER TABLE approval_delegate ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE approval_delegate FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON approval_delegate TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON approval_request TO peakend_app
-- next
ALTER TABLE approval_request ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE approval_request FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON approval_request TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON archive_run TO peakend_app
-- next
ALTER TABLE archive_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE archive_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON archive_run TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON article_category TO peakend_app
-- next
ALTER TABLE article_category ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE article_category FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON article_category TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON brand_domain TO peakend_app
-- next
ALTER TABLE brand_domain ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE brand_domain FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON brand_domain TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON brand_domain TO peakend_system
-- next
CREATE POLICY system ON brand_domain TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON brand_look TO peakend_app
-- next
ALTER TABLE brand_look ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE brand_look FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON brand_look TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON budget TO peakend_app
-- next
ALTER TABLE budget ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE budget FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON budget TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON bulk_run TO peakend_app
-- next
ALTER TABLE bulk_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE bulk_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON bulk_run TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON canned_reply TO peakend_app
-- next
ALTER TABLE canned_reply ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE canned_reply FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON canned_reply TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_due_times TO peakend_app
-- next
ALTER TABLE case_due_times ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_due_times FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_due_times TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_template_reason TO peakend_app
-- next
ALTER TABLE case_template_reason ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_template_reason FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_template_reason TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_template_version TO peakend_app
-- next
ALTER TABLE case_template_version ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_template_version FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_template_version TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON channel TO peakend_app
-- next
ALTER TABLE channel ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE channel FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON channel TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON channel TO peakend_system
-- next
CREATE POLICY system ON channel TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON company TO peakend_app
-- next
ALTER TABLE company ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE company FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON company TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON compensation_grant TO peakend_app
-- next
ALTER TABLE compensation_grant ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE compensation_grant FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON compensation_grant TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON contact_reason TO peakend_app
-- next
ALTER TABLE contact_reason ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE contact_reason FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON contact_reason TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_view TO peakend_app
-- next
ALTER TABLE conversation_view ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_view FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_view TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON credential TO peakend_app
-- next
ALTER TABLE credential ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE credential FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON credential TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON credential TO peakend_system
-- next
CREATE POLICY system ON credential TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON crisis TO peakend_app
-- next
ALTER TABLE crisis ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE crisis FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON crisis TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_apart TO peakend_app
-- next
ALTER TABLE customer_apart ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE customer_apart FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON customer_apart TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_gram TO peakend_app
-- next
ALTER TABLE customer_gram ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE customer_gram FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON customer_gram TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_merge TO peakend_app
-- next
ALTER TABLE customer_merge ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE customer_merge FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON customer_merge TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_note TO peakend_app
-- next
ALTER TABLE customer_note ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE customer_note FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON customer_note TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON department TO peakend_app
-- next
ALTER TABLE department ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE department FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON department TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_entry TO peakend_app
-- next
ALTER TABLE directory_entry ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE directory_entry FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON directory_entry TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON erasure TO peakend_app
-- next
ALTER TABLE erasure ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE erasure FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON erasure TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON export_run TO peakend_app
-- next
ALTER TABLE export_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE export_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON export_run TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON grant_authority TO peakend_app
-- next
ALTER TABLE grant_authority ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE grant_authority FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON grant_authority TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON identity TO peakend_app
-- next
ALTER TABLE identity ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE identity FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON identity TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON import_run TO peakend_app
-- next
ALTER TABLE import_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE import_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON import_run TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON improvement TO peakend_app
-- next
ALTER TABLE improvement ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE improvement FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON improvement TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON instrument TO peakend_app
-- next
ALTER TABLE instrument ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE instrument FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON instrument TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON invitation TO peakend_app
-- next
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE invitation FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON invitation TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON invitation TO peakend_system
-- next
CREATE POLICY system ON invitation TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_account TO peakend_app
-- next
ALTER TABLE ledger_account ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE ledger_account FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON ledger_account TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON macro TO peakend_app
-- next
ALTER TABLE macro ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE macro FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON macro TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail TO peakend_app
-- next
ALTER TABLE mail ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail TO peakend_system
-- next
CREATE POLICY system ON mail TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_app TO peakend_app
-- next
ALTER TABLE mail_app ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_app FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_app TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_block TO peakend_app
-- next
ALTER TABLE mail_block ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_block FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_block TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_key TO peakend_app
-- next
ALTER TABLE mail_key ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_key FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_key TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_person TO peakend_app
-- next
ALTER TABLE mail_person ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_person FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_person TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_screening TO peakend_app
-- next
ALTER TABLE mail_screening ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_screening FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_screening TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_server TO peakend_app
-- next
ALTER TABLE mail_server ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_server FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_server TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_server TO peakend_system
-- next
CREATE POLICY system ON mail_server TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_signature TO peakend_app
-- next
ALTER TABLE mail_signature ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_signature FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_signature TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_switch TO peakend_app
-- next
ALTER TABLE mail_switch ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_switch FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_switch TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_template TO peakend_app
-- next
ALTER TABLE mail_template ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_template FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_template TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mailbox TO peakend_app
-- next
ALTER TABLE mailbox ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mailbox FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mailbox TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mailbox TO peakend_system
-- next
CREATE POLICY system ON mailbox TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON member_role TO peakend_app
-- next
ALTER TABLE member_role ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE member_role FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON member_role TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON member_signature TO peakend_app
-- next
ALTER TABLE member_signature ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE member_signature FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON member_signature TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON member_skill TO peakend_app
-- next
ALTER TABLE member_skill ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE member_skill FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON member_skill TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mention TO peakend_app
-- next
ALTER TABLE mention ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mention FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mention TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON message_scan TO peakend_app
-- next
ALTER TABLE message_scan ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE message_scan FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON message_scan TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON page_view TO peakend_app
-- next
ALTER TABLE page_view ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE page_view FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON page_view TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON passkey TO peakend_app
-- next
ALTER TABLE passkey ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE passkey FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON passkey TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON passkey TO peakend_system
-- next
CREATE POLICY system ON passkey TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON pending_sign_in TO peakend_app
-- next
ALTER TABLE pending_sign_in ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE pending_sign_in FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON pending_sign_in TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON pending_sign_in TO peakend_system
-- next
CREATE POLICY system ON pending_sign_in TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON policy_exception TO peakend_app
-- next
ALTER TABLE policy_exception ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE policy_exception FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON policy_exception TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON presence TO peakend_app
-- next
ALTER TABLE presence ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE presence FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON presence TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT ON profile_reveal TO peakend_app
-- next
ALTER TABLE profile_reveal ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE profile_reveal FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON profile_reveal TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT UPDATE (reason) ON profile_reveal TO peakend_app
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON profile_value TO peakend_app
-- next
ALTER TABLE profile_value ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE profile_value FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON profile_value TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON queue TO peakend_app
-- next
ALTER TABLE queue ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE queue FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON queue TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON received_mail TO peakend_app
-- next
ALTER TABLE received_mail ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE received_mail FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON received_mail TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_code TO peakend_app
-- next
ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE recovery_code FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON recovery_code TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT ON reveal TO peakend_app
-- next
ALTER TABLE reveal ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE reveal FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON reveal TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT UPDATE (field, reason) ON reveal TO peakend_app
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON rich_template TO peakend_app
-- next
ALTER TABLE rich_template ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE rich_template FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON rich_template TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON scheme_table TO peakend_app
-- next
ALTER TABLE scheme_table ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE scheme_table FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON scheme_table TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON second_step TO peakend_app
-- next
ALTER TABLE second_step ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE second_step FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON second_step TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO peakend_app
-- next
ALTER TABLE session ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE session FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON session TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO peakend_system
-- next
CREATE POLICY system ON session TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sso_attempt TO peakend_app
-- next
ALTER TABLE sso_attempt ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sso_attempt FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sso_attempt TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON sso_attempt TO peakend_system
-- next
CREATE POLICY system ON sso_attempt TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sso_link TO peakend_app
-- next
ALTER TABLE sso_link ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sso_link FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sso_link TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON team_member TO peakend_app
-- next
ALTER TABLE team_member ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE team_member FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON team_member TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON visitor TO peakend_app
-- next
ALTER TABLE visitor ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE visitor FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON visitor TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON visitor TO peakend_system
-- next
CREATE POLICY system ON visitor TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook TO peakend_app
-- next
ALTER TABLE webhook ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE webhook FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON webhook TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook TO peakend_system
-- next
CREATE POLICY system ON webhook TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON alert_rule TO peakend_app
-- next
ALTER TABLE alert_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE alert_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON alert_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON article TO peakend_app
-- next
ALTER TABLE article ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE article FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON article TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON assist_topic TO peakend_app
-- next
ALTER TABLE assist_topic ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE assist_topic FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON assist_topic TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON channel_sight TO peakend_app
-- next
ALTER TABLE channel_sight ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE channel_sight FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON channel_sight TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON chat_invitation TO peakend_app
-- next
ALTER TABLE chat_invitation ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE chat_invitation FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON chat_invitation TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON company_customer TO peakend_app
-- next
ALTER TABLE company_customer ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE company_customer FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON company_customer TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON company_domain TO peakend_app
-- next
ALTER TABLE company_domain ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE company_domain FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON company_domain TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON company_gram TO peakend_app
-- next
ALTER TABLE company_gram ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE company_gram FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON company_gram TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation TO peakend_app
-- next
ALTER TABLE conversation ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_view_place TO peakend_app
-- next
ALTER TABLE conversation_view_place ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_view_place FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_view_place TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON crisis_entry TO peakend_app
-- next
ALTER TABLE crisis_entry ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE crisis_entry FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON crisis_entry TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON crisis_link TO peakend_app
-- next
ALTER TABLE crisis_link ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE crisis_link FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON crisis_link TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON crisis_statement TO peakend_app
-- next
ALTER TABLE crisis_statement ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE crisis_statement FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON crisis_statement TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON crisis_step TO peakend_app
-- next
ALTER TABLE crisis_step ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE crisis_step FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON crisis_step TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON department_member TO peakend_app
-- next
ALTER TABLE department_member ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE department_member FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON department_member TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_check TO peakend_app
-- next
ALTER TABLE directory_check ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE directory_check FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON directory_check TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON import_fault TO peakend_app
-- next
ALTER TABLE import_fault ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE import_fault FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON import_fault TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON import_key TO peakend_app
-- next
ALTER TABLE import_key ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE import_key FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON import_key TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON kept_object TO peakend_app
-- next
ALTER TABLE kept_object ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE kept_object FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON kept_object TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON known_gap TO peakend_app
-- next
ALTER TABLE known_gap ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE known_gap FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON known_gap TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT ON ledger_line TO peakend_app
-- next
ALTER TABLE ledger_line ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE ledger_line FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON ledger_line TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_access TO peakend_app
-- next
ALTER TABLE mail_access ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_access FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_access TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT ON mail_access TO peakend_system
-- next
CREATE POLICY system ON mail_access TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_departure TO peakend_app
-- next
ALTER TABLE mail_departure ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail_departure FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mail_departure TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mailbox_place TO peakend_app
-- next
ALTER TABLE mailbox_place ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mailbox_place FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON mailbox_place TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON queue_member TO peakend_app
-- next
ALTER TABLE queue_member ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE queue_member FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON queue_member TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON queue_team TO peakend_app
-- next
ALTER TABLE queue_team ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE queue_team FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON queue_team TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON received_content TO peakend_app
-- next
ALTER TABLE received_content ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE received_content FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON received_content TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON scheme TO peakend_app
-- next
ALTER TABLE scheme ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE scheme FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON scheme TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sso_sitting TO peakend_app
-- next
ALTER TABLE sso_sitting ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sso_sitting FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sso_sitting TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON voucher_order TO peakend_app
-- next
ALTER TABLE voucher_order ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE voucher_order FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON voucher_order TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON voucher_order TO peakend_system
-- next
CREATE POLICY system ON voucher_order TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON wait_rule TO peakend_app
-- next
ALTER TABLE wait_rule ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE wait_rule FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON wait_rule TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_delivery TO peakend_app
-- next
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE webhook_delivery FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON webhook_delivery TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_delivery TO peakend_system
-- next
CREATE POLICY system ON webhook_delivery TO peakend_system USING (true) WITH CHECK (true)
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON alert_watch TO peakend_app
-- next
ALTER TABLE alert_watch ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE alert_watch FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON alert_watch TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON article_passage TO peakend_app
-- next
ALTER TABLE article_passage ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE article_passage FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON article_passage TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON article_version TO peakend_app
-- next
ALTER TABLE article_version ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE article_version FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON article_version TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON article_vote TO peakend_app
-- next
ALTER TABLE article_vote ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE article_vote FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON article_vote TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON assist_judgement TO peakend_app
-- next
ALTER TABLE assist_judgement ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE assist_judgement FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON assist_judgement TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON assist_session TO peakend_app
-- next
ALTER TABLE assist_session ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE assist_session FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON assist_session TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON bulk_item TO peakend_app
-- next
ALTER TABLE bulk_item ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE bulk_item FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON bulk_item TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_due TO peakend_app
-- next
ALTER TABLE conversation_due ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_due FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_due TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_follower TO peakend_app
-- next
ALTER TABLE conversation_follower ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_follower FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_follower TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_join TO peakend_app
-- next
ALTER TABLE conversation_join ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_join FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_join TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_link TO peakend_app
-- next
ALTER TABLE conversation_link ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_link FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_link TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_mail TO peakend_app
-- next
ALTER TABLE conversation_mail ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_mail FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_mail TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_moved TO peakend_app
-- next
ALTER TABLE conversation_moved ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_moved FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_moved TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_pin TO peakend_app
-- next
ALTER TABLE conversation_pin ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_pin FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_pin TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_tag TO peakend_app
-- next
ALTER TABLE conversation_tag ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE conversation_tag FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON conversation_tag TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON draft TO peakend_app
-- next
ALTER TABLE draft ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE draft FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON draft TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON flaw_thanks TO peakend_app
-- next
ALTER TABLE flaw_thanks ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE flaw_thanks FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON flaw_thanks TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON help_offer TO peakend_app
-- next
ALTER TABLE help_offer ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE help_offer FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON help_offer TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON macro_run TO peakend_app
-- next
ALTER TABLE macro_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE macro_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON macro_run TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON message TO peakend_app
-- next
ALTER TABLE message ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE message FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON message TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT ON recalled_look TO peakend_app
-- next
ALTER TABLE recalled_look ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE recalled_look FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON recalled_look TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT UPDATE (reason) ON recalled_look TO peakend_app
-- next
GRANT SELECT, INSERT ON recalled_message TO peakend_app
-- next
ALTER TABLE recalled_message ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE recalled_message FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON recalled_message TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT UPDATE (text, files) ON recalled_message TO peakend_app
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON reply_approval TO peakend_app
-- next
ALTER TABLE reply_approval ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE reply_approval FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON reply_approval TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON service_case TO peakend_app
-- next
ALTER TABLE service_case ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE service_case FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON service_case TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON side_thread TO peakend_app
-- next
ALTER TABLE side_thread ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE side_thread FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON side_thread TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sla_clock TO peakend_app
-- next
ALTER TABLE sla_clock ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sla_clock FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sla_clock TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON sla_mark TO peakend_app
-- next
ALTER TABLE sla_mark ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sla_mark FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON sla_mark TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON statement_use TO peakend_app
-- next
ALTER TABLE statement_use ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE statement_use FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON statement_use TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON statement_version TO peakend_app
-- next
ALTER TABLE statement_version ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE statement_version FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON statement_version TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON step_in TO peakend_app
-- next
ALTER TABLE step_in ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE step_in FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON step_in TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON survey TO peakend_app
-- next
ALTER TABLE survey ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE survey FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON survey TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON wait_record TO peakend_app
-- next
ALTER TABLE wait_record ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE wait_record FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON wait_record TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON watch TO peakend_app
-- next
ALTER TABLE watch ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE watch FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON watch TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON watch_signal TO peakend_app
-- next
ALTER TABLE watch_signal ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE watch_signal FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON watch_signal TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_attempt TO peakend_app
-- next
ALTER TABLE webhook_attempt ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE webhook_attempt FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON webhook_attempt TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON work_item TO peakend_app
-- next
ALTER TABLE work_item ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE work_item FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON work_item TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_entry TO peakend_app
-- next
ALTER TABLE case_entry ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_entry FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_entry TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_inform TO peakend_app
-- next
ALTER TABLE case_inform ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_inform FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_inform TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_link TO peakend_app
-- next
ALTER TABLE case_link ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_link FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_link TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_party TO peakend_app
-- next
ALTER TABLE case_party ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_party FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_party TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_step TO peakend_app
-- next
ALTER TABLE case_step ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_step FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_step TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_time TO peakend_app
-- next
ALTER TABLE case_time ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_time FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_time TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON complaint TO peakend_app
-- next
ALTER TABLE complaint ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE complaint FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON complaint TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON progress_link TO peakend_app
-- next
ALTER TABLE progress_link ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE progress_link FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON progress_link TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON promise TO peakend_app
-- next
ALTER TABLE promise ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE promise FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON promise TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON repeat_denial TO peakend_app
-- next
ALTER TABLE repeat_denial ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE repeat_denial FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON repeat_denial TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON side_note TO peakend_app
-- next
ALTER TABLE side_note ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE side_note FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON side_note TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON side_seat TO peakend_app
-- next
ALTER TABLE side_seat ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE side_seat FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON side_seat TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON urge TO peakend_app
-- next
ALTER TABLE urge ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE urge FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON urge TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON work_offer TO peakend_app
-- next
ALTER TABLE work_offer ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE work_offer FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON work_offer TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON case_guest TO peakend_app
-- next
ALTER TABLE case_guest ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE case_guest FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON case_guest TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON complaint_review TO peakend_app
-- next
ALTER TABLE complaint_review ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE complaint_review FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON complaint_review TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON settlement_step TO peakend_app
-- next
ALTER TABLE settlement_step ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE settlement_step FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY tenant ON settlement_step TO peakend_app USING (organisation_id = current_organisation()) WITH CHECK (organisation_id = current_organisation())
-- next
CREATE FUNCTION customer_parts(wanted uuid) RETURNS TABLE (id uuid, absorbed boolean)
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT part.id, part.absorbed FROM customer c
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.merged_into_id IS NULL THEN c.id ELSE c.merged_into_id END AS id,
            false AS absorbed
        UNION ALL
        SELECT p.id, true FROM customer p
        WHERE p.organisation_id = current_organisation() AND p.merged_into_id =
            CASE WHEN c.merged_into_id IS NULL THEN c.id ELSE c.merged_into_id END
    ) part
    WHERE c.organisation_id = current_organisation() AND c.id = wanted
$body$
-- next
CREATE FUNCTION customer_of_tier(wanted uuid, tiers text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT c.id FROM customer c
    WHERE c.organisation_id = current_organisation() AND c.id = wanted AND c.tier = ANY (tiers)
$body$
-- next
CREATE FUNCTION on_hold(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $body$
BEGIN
    -- Who was made one with others is held with them: rows keep the id they were written with.
    RETURN EXISTS (SELECT FROM legal_hold h
                   WHERE h.organisation_id = current_organisation()
                     AND h.subject_id = wanted AND h.standing)
        OR EXISTS (SELECT FROM customer_parts(wanted) part
                   JOIN legal_hold h ON h.subject_id = part.id
                   WHERE h.organisation_id = current_organisation() AND h.standing);
END
$body$
-- next
CREATE FUNCTION profile_fits(
    owner uuid, field uuid, texts text[], low float8, high float8, since date, till date,
    yes boolean
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT v.owner_id FROM profile_value v
    WHERE v.organisation_id = current_organisation() AND v.owner_id = owner AND v.field_id = field
      AND v.sealed IS NULL
      AND (texts IS NULL OR lower(v.text) = ANY (texts))
      AND (low IS NULL OR v.number >= low) AND (high IS NULL OR v.number <= high)
      AND (since IS NULL OR v.day >= since) AND (till IS NULL OR v.day <= till)
      AND (yes IS NULL OR v.flag = yes)
$body$
-- next
CREATE FUNCTION customer_profile_fits(
    owner uuid, field uuid, texts text[], low float8, high float8, since date, till date,
    yes boolean
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT v.owner_id FROM (
        SELECT held.* FROM customer_parts(owner) part
        JOIN profile_value held ON held.organisation_id = current_organisation()
            AND held.owner_id = part.id AND held.field_id = field
        ORDER BY part.absorbed, part.id LIMIT 1
    ) v
    WHERE v.sealed IS NULL
      AND (texts IS NULL OR lower(v.text) = ANY (texts))
      AND (low IS NULL OR v.number >= low) AND (high IS NULL OR v.number <= high)
      AND (since IS NULL OR v.day >= since) AND (till IS NULL OR v.day <= till)
      AND (yes IS NULL OR v.flag = yes)
$body$
-- next
ALTER TABLE conversation SET (fillfactor = 70)
-- next
GRANT SELECT ON message, conversation TO peakend_search
-- next
CREATE POLICY search ON message FOR SELECT TO peakend_search USING (true)
-- next
CREATE POLICY search ON conversation FOR SELECT TO peakend_search USING (true)
-- next
CREATE FUNCTION found_messages(
    wanted tsquery, phrases text[], before uuid, take int, sees_all bool, me uuid,
    queues uuid[], brands uuid[]
) RETURNS TABLE (id uuid, conversation_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $body$
DECLARE
    found int := 0;
    more int;
    walked int := 0;
    oldest uuid := before;
BEGIN
    -- A common word is among the newest messages: they are read backwards, for as long as what
    -- was found so far promises to fill the page soon.
    LOOP
        RETURN QUERY
            SELECT m.id, m.conversation_id
            FROM (SELECT n.id, n.conversation_id, n.organisation_id, n.lexemes, n.text
                  FROM message n
                  WHERE n.organisation_id = current_organisation() AND n.id < oldest
                  ORDER BY n.id DESC LIMIT 2000) m
            WHERE m.lexemes @@ wanted
              AND NOT EXISTS (
                  SELECT 1 FROM unnest(phrases) AS phrase
                  WHERE strpos(lower(normalize(m.text, NFKC)), phrase) = 0)
              AND (sees_all OR EXISTS (
                  SELECT 1 FROM conversation c
                  WHERE c.organisation_id = m.organisation_id AND c.id = m.conversation_id
                    AND (c.agent_id = me OR c.queue_id = ANY(queues)
                         OR c.brand_id = ANY(brands))))
            ORDER BY m.id DESC
            LIMIT take - found;
        GET DIAGNOSTICS more = ROW_COUNT;
        found := found + more;
        walked := walked + 2000;
        IF found >= take THEN
            RETURN;
        END IF;
        SELECT n.id INTO oldest
        FROM message n
        WHERE n.organisation_id = current_organisation() AND n.id < oldest
        ORDER BY n.id DESC OFFSET 1999 LIMIT 1;
        IF oldest IS NULL THEN
            RETURN;
        END IF;
        EXIT WHEN found = 0 OR walked + (take - found) * walked / found > 14000;
    END LOOP;
    -- A rarer one is looked up. MATERIALIZED keeps the planner from walking the order instead;
    -- EXECUTE lets it plan for this very question.
    RETURN QUERY EXECUTE $query$
        WITH hit AS MATERIALIZED (
            SELECT m.id, m.conversation_id, m.organisation_id
            FROM message m
            WHERE m.organisation_id = current_organisation()
              AND m.lexemes @@ $1
              AND m.id < $3
              AND NOT EXISTS (
                  SELECT 1 FROM unnest($2) AS phrase
                  WHERE strpos(lower(normalize(m.text, NFKC)), phrase) = 0))
        SELECT h.id, h.conversation_id
        FROM (SELECT * FROM hit ORDER BY id DESC) h
        WHERE $5 OR EXISTS (
            SELECT 1 FROM conversation c
            WHERE c.organisation_id = h.organisation_id AND c.id = h.conversation_id
              AND (c.agent_id = $6 OR c.queue_id = ANY($7) OR c.brand_id = ANY($8)))
        ORDER BY h.id DESC
        LIMIT $4
    $query$ USING wanted, phrases, oldest, take - found, sees_all, me, queues, brands;
END
$body$
-- next
GRANT CREATE ON SCHEMA public TO peakend_search
-- next
ALTER FUNCTION found_messages OWNER TO peakend_search
-- next
REVOKE CREATE ON SCHEMA public FROM peakend_search
-- next
REVOKE ALL ON FUNCTION found_messages FROM PUBLIC
-- next
GRANT EXECUTE ON FUNCTION found_messages TO peakend_app
