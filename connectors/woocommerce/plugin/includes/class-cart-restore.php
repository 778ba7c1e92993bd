<?php
/**
 * The link that brings a cart back on any device: /?reprise_restore=TOKEN&coupon=CODE.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.NonceVerification -- a link in an e-mail: its token is what allows it.

/**
 * The order matters: empty, add, e-mail into the session, and only then the code, which may be
 * this shopper's alone. A notice that is left over would make the block checkout refuse the order.
 */
class Cart_Restore {

	const PARAMETER = 'reprise_restore';

	/**
	 * Is a cart being restored in this request?
	 *
	 * @var bool
	 */
	private static $is_under_way = false;

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'wp', array( __CLASS__, 'answer' ), 5 );
	}

	/**
	 * The cart is emptied by us, not by the shopper.
	 *
	 * @return bool
	 */
	public static function is_under_way() {
		return self::$is_under_way;
	}

	/**
	 * The address that restores a cart.
	 *
	 * @param string $token The cart's.
	 * @return string
	 */
	public static function address( $token ) {
		return add_query_arg( self::PARAMETER, $token, home_url( '/' ) );
	}

	/**
	 * Restore, and lead to the checkout; a link that is no longer good leads to the shop, with a word.
	 *
	 * @return void
	 */
	public static function answer() {
		if ( ! isset( $_GET[ self::PARAMETER ] ) || ! WC()->cart || ! WC()->session ) {
			return;
		}
		nocache_headers();
		header( 'Referrer-Policy: no-referrer' );
		$token = sanitize_text_field( wp_unslash( $_GET[ self::PARAMETER ] ) );
		$kept  = Carts::find( $token );
		WC()->session->set_customer_session_cookie( true );
		if ( ! $kept || ! self::restore( $token, $kept ) ) {
			wc_add_notice( __( 'This cart is no longer kept. Everything that we sell is in our shop.', 'reprise-for-woocommerce' ), 'notice' );
			wp_safe_redirect( self::with_marks( wc_get_page_permalink( 'shop' ) ) );
			exit;
		}
		wp_safe_redirect( self::with_marks( wc_get_checkout_url() ) );
		exit;
	}

	/**
	 * Bring the cart back; false when nothing of it can be bought any more.
	 *
	 * @param string $token The cart's.
	 * @param array  $kept  What Carts::find gave.
	 * @return bool
	 */
	private static function restore( $token, array $kept ) {
		self::$is_under_way = true;
		WC()->cart->empty_cart();
		foreach ( $kept['content'] as $line ) {
			self::add( $line );
		}
		self::$is_under_way = false;
		wc_clear_notices();
		if ( WC()->cart->is_empty() ) {
			return false;
		}
		WC()->session->set( 'reprise_token', $token );
		self::know( $kept['email'] );
		self::apply_code();
		return true;
	}

	/**
	 * Put one line back, if it can still be bought.
	 *
	 * @param array $line One of Cart_Snapshot::lines.
	 * @return void
	 */
	private static function add( array $line ) {
		$product = wc_get_product( $line['variation_id'] ? $line['variation_id'] : $line['product_id'] );
		if ( ! $product || ! $product->is_purchasable() || ! $product->is_in_stock() ) {
			return;
		}
		try {
			WC()->cart->add_to_cart( $line['product_id'], $line['quantity'], $line['variation_id'], $line['variation'] );
		} catch ( \Exception $error ) {
			// A line that WooCommerce no longer takes must not keep the others from coming back.
			return;
		}
	}

	/**
	 * A guest's address goes into the session, nothing else of them; an account has its own.
	 *
	 * @param string $email What the cart was kept with.
	 * @return void
	 */
	private static function know( $email ) {
		if ( '' === $email || is_user_logged_in() || ! WC()->customer ) {
			return;
		}
		WC()->customer->set_billing_email( $email );
		WC()->customer->save();
		Email_Capture::remember( $email );
	}

	/**
	 * Apply the code that the link names.
	 *
	 * @return void
	 */
	private static function apply_code() {
		$code = isset( $_GET['coupon'] ) ? wc_format_coupon_code( sanitize_text_field( wp_unslash( $_GET['coupon'] ) ) ) : '';
		if ( '' !== $code && ! WC()->cart->has_discount( $code ) && ! WC()->cart->apply_coupon( $code ) ) {
			wc_clear_notices();
		}
		WC()->cart->calculate_totals();
	}

	/**
	 * Keep what says where the shopper came from.
	 *
	 * @param string $url Where to.
	 * @return string
	 */
	private static function with_marks( $url ) {
		foreach ( array( 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_id', 'rp' ) as $name ) {
			if ( isset( $_GET[ $name ] ) && is_string( $_GET[ $name ] ) ) {
				$url = add_query_arg( $name, rawurlencode( sanitize_text_field( wp_unslash( $_GET[ $name ] ) ) ), $url );
			}
		}
		return $url;
	}
}
