CREATE TABLE products (id serial PRIMARY KEY, name text NOT NULL, price numeric(10, 2) NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, product integer NOT NULL REFERENCES products, quantity integer NOT NULL);
CREATE TABLE mails (order_id integer PRIMARY KEY REFERENCES orders, sent_at timestamptz);
INSERT INTO products (name, price) VALUES ('Kettle', 24.90), ('Teapot', 31.50), ('Cup', 6.20);
