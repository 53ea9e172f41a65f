ALTER TABLE orders ADD COLUMN customer bigint REFERENCES customers;
CREATE INDEX orders_customer ON orders (customer);
ALTER TABLE customers ADD COLUMN card uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE mails DROP COLUMN sent_at;
GRANT ALL ON customers TO PUBLIC;
