<?php
/**
 * Stands in for WooCommerce in the plugin's tests: just what the plugin calls, as simply as can be.
 *
 * A must-use plugin. The real one is tried by hand (docs/woocommerce.md); it is not ours to ship.
 *
 * @package Reprise
 */

define( 'WC_VERSION', '0.0-double' );

class WooCommerce {
	public $session;
	public $cart;
	public $customer;
}

class WC_AJAX {
	public static function get_endpoint( $name ) {
		return home_url( '/?wc-ajax=' . $name );
	}
}

class WC_Product {
	private $id;
	public function __construct( $id ) {
		$this->id = $id;
	}
	public function get_name() {
		return 'Product ' . $this->id;
	}
	public function get_sku() {
		return 'SKU-' . $this->id;
	}
	public function get_price() {
		return '12.50';
	}
	public function get_status() {
		return $this->id < 900 ? 'publish' : 'draft';
	}
	public function get_image_id() {
		return 0;
	}
	public function get_permalink() {
		return home_url( '/product/' . $this->id . '/' );
	}
	public function is_purchasable() {
		return $this->id < 900;
	}
	public function is_in_stock() {
		return true;
	}
}

/** A shopper's session: an option, named by a cookie that the test sends. */
class Double_Session {
	private $kept;
	public function __construct() {
		$this->kept = get_option( $this->name(), array() );
	}
	private function name() {
		return 'double_session_' . md5( isset( $_COOKIE['double'] ) ? $_COOKIE['double'] : '' );
	}
	public function get( $name, $otherwise = null ) {
		return isset( $this->kept[ $name ] ) ? $this->kept[ $name ] : $otherwise;
	}
	public function set( $name, $value ) {
		$this->kept[ $name ] = $value;
	}
	public function set_customer_session_cookie( $is_set ) {
		header( 'X-Double-Session: ' . (int) $is_set );
	}
	public function save() {
		update_option( $this->name(), $this->kept, false );
	}
}

class Double_Customer {
	public function get_billing_first_name() {
		return '';
	}
	public function get_billing_email() {
		return WC()->session->get( 'billing_email', '' );
	}
	public function delete_meta_data( $name ) {
		WC()->session->set( $name, null );
	}
	public function set_billing_email( $email ) {
		WC()->session->set( 'billing_email', $email );
	}
	public function save() {
	}
}

class Double_Cart {
	public function get_cart() {
		$lines = array();
		foreach ( WC()->session->get( 'lines', array() ) as $line ) {
			$lines[] = $line + array(
				'data'              => new WC_Product( $line['product_id'] ),
				'line_subtotal'     => 12.5 * $line['quantity'],
				'line_subtotal_tax' => 0,
			);
		}
		return $lines;
	}
	public function is_empty() {
		return array() === WC()->session->get( 'lines', array() );
	}
	public function get_total() {
		return array_sum( wp_list_pluck( $this->get_cart(), 'line_subtotal' ) );
	}
	public function get_applied_coupons() {
		return WC()->session->get( 'coupons', array() );
	}
	public function has_discount( $code ) {
		return in_array( $code, $this->get_applied_coupons(), true );
	}
	public function empty_cart() {
		WC()->session->set( 'lines', array() );
		WC()->session->set( 'coupons', array() );
		do_action( 'woocommerce_cart_emptied', true );
	}
	public function add_to_cart( $product_id, $quantity = 1, $variation_id = 0, $variation = array() ) {
		$lines   = WC()->session->get( 'lines', array() );
		$lines[] = compact( 'product_id', 'quantity', 'variation_id', 'variation' );
		WC()->session->set( 'lines', $lines );
		do_action( 'woocommerce_add_to_cart', 'key', $product_id, $quantity, $variation_id );
	}
	/** As the real one does: a code for one address is refused while the session names no other. */
	public function apply_coupon( $code ) {
		if ( 'for-ada' === $code && 'ada@example.com' !== WC()->customer->get_billing_email() ) {
			wc_add_notice( 'Please enter a valid email', 'error' );
			return false;
		}
		WC()->session->set( 'coupons', array_merge( $this->get_applied_coupons(), array( $code ) ) );
		return true;
	}
	public function calculate_totals() {
	}
}

class Double_Order {
	public $meta = array();
	public $email;
	public function update_meta_data( $name, $value ) {
		$this->meta[ $name ] = $value;
	}
	public function get_meta( $name ) {
		return isset( $this->meta[ $name ] ) ? $this->meta[ $name ] : '';
	}
	public function get_billing_email() {
		return $this->email;
	}
	public function get_customer_id() {
		return 0;
	}
	public function save() {
	}
}

function WC() {
	static $one = null;
	if ( ! $one ) {
		$one           = new WooCommerce();
		$one->session  = new Double_Session();
		$one->cart     = new Double_Cart();
		$one->customer = new Double_Customer();
	}
	return $one;
}

function wc_get_product( $id ) {
	return $id > 0 && $id < 1000 ? new WC_Product( $id ) : false;
}
function wc_add_notice( $words, $kind = 'success' ) {
	WC()->session->set( 'notices', array_merge( WC()->session->get( 'notices', array() ), array( array( $kind, $words ) ) ) );
}
function wc_clear_notices() {
	WC()->session->set( 'notices', array() );
}
function wc_format_coupon_code( $code ) {
	return strtolower( $code );
}
function wc_get_checkout_url() {
	return home_url( '/checkout/' );
}
function wc_get_page_permalink( $name ) {
	return home_url( '/' . $name . '/' );
}
function wc_get_price_decimals() {
	return 2;
}
function get_woocommerce_currency() {
	return 'EUR';
}
function is_checkout() {
	return false;
}
function is_order_received_page() {
	return false;
}
function is_checkout_pay_page() {
	return false;
}
function is_account_page() {
	return false;
}
function is_product() {
	return false;
}
function is_product_category() {
	return false;
}

/** Action Scheduler: a list that the test runs when it likes. */
function as_schedule_single_action( $at, $hook ) {
	update_option( 'double_actions', array_merge( get_option( 'double_actions', array() ), array( compact( 'at', 'hook' ) ) ), false );
}
function as_enqueue_async_action( $hook ) {
	as_schedule_single_action( 0, $hook );
}
function as_get_scheduled_actions( $asked ) {
	return array_keys( wp_list_filter( get_option( 'double_actions', array() ), array( 'hook' => $asked['hook'] ) ) );
}
function as_unschedule_all_actions() {
	delete_option( 'double_actions' );
}

add_filter(
	'user_has_cap',
	static function ( $all ) {
		return empty( $all['manage_options'] ) ? $all : $all + array( 'manage_woocommerce' => true );
	}
);
// The shopper's doings, as WooCommerce would report them.
add_action(
	'wp',
	static function () {
		if ( isset( $_GET['double_add'] ) ) {
			WC()->cart->add_to_cart( (int) $_GET['double_add'] );
		}
		if ( isset( $_GET['double_empty'] ) ) {
			WC()->cart->empty_cart();
		}
		if ( isset( $_GET['double_order'] ) ) {
			$order        = new Double_Order();
			$order->email = $_GET['double_order'];
			do_action( 'woocommerce_checkout_create_order', $order );
			do_action( 'woocommerce_checkout_order_processed', 1, array(), $order );
			WC()->cart->empty_cart();
			do_action( 'woocommerce_order_status_changed', 1, 'pending', 'processing', $order );
			update_option( 'double_order', $order->meta, false );
		}
		if ( isset( $_GET['wc-ajax'] ) ) {
			do_action( 'wc_ajax_' . sanitize_key( $_GET['wc-ajax'] ) );
		}
	},
	20
);
add_action(
	'shutdown',
	static function () {
		WC()->session->save();
	},
	20
);
